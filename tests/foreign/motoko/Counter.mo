// Counts; tells who asked, and what others may not do.
import Principal "mo:core/Principal";
import Error "mo:core/Error";

persistent actor {
  var count : Nat = 0;

  public func increment() : async Nat {
    count += 1;
    count;
  };

  public func add(amount : Nat) : async Nat {
    count += amount;
    count;
  };

  public query func read() : async Nat { count };

  public shared query ({ caller }) func whoami() : async Principal { caller };

  public func refuse(why : Text) : async () { throw Error.reject(why) };

  public func trap_after_adding(amount : Nat) : async () {
    count += amount;
    assert false;
  };
};
