// Timers: one that recurs, one that does not, one that is taken back.
import Timer "mo:core/Timer";
import Time "mo:core/Time";

persistent actor {
  var beats : Nat = 0;
  var once : ?Int = null;
  var never : Bool = true;
  transient var recurring : ?Timer.TimerId = null;

  public func start<system>(seconds : Nat) : async () {
    recurring := ?Timer.recurringTimer<system>(#seconds seconds, func() : async () { beats += 1 });
    ignore Timer.setTimer<system>(#seconds 1, func() : async () { once := ?Time.now() });
    let unwanted = Timer.setTimer<system>(#seconds 2, func() : async () { never := false });
    Timer.cancelTimer(unwanted);
  };

  public func stop() : async () {
    switch recurring { case (?id) Timer.cancelTimer(id); case null {} };
  };

  public query func seen() : async (Nat, ?Int, Bool) { (beats, once, never) };
};
