// Calls a counter: in turn, side by side, and where it refuses.
import Array "mo:core/Array";
import Error "mo:core/Error";

persistent actor class Caller(counter : actor { add : Nat -> async Nat; refuse : Text -> async (); trap_after_adding : Nat -> async (); read : query () -> async Nat }) {
  var answers : [Nat] = [];

  public func in_turn(times : Nat) : async [Nat] {
    answers := [];
    var left = times;
    while (left > 0) {
      answers := Array.concat(answers, [await counter.add(1)]);
      left -= 1;
    };
    answers;
  };

  public func side_by_side() : async Nat {
    let first = counter.add(10);
    let second = counter.add(100);
    (await first) + (await second);
  };

  public func ask_to_refuse(why : Text) : async Text {
    try { await counter.refuse(why); "accepted" } catch (error) { Error.message(error) };
  };

  public func ask_to_trap() : async (Text, Nat) {
    try { await counter.trap_after_adding(1_000); ("done", 0) } catch (error) {
      (debug_show (Error.code(error)), await counter.read());
    };
  };
};
