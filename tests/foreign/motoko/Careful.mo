// Handles what goes wrong: async* functions, try, catch and finally around awaits, calls that cannot be made.
import Array "mo:core/Array";
import Error "mo:core/Error";
import Nat "mo:core/Nat";
import Principal "mo:core/Principal";
import Runtime "mo:core/Runtime";

persistent actor Careful {
  var notes : [Text] = [];
  func note(text : Text) { notes := Array.concat(notes, [text]) };
  public query func read() : async [Text] { notes };
  public func forget() : async () { notes := [] };

  public func refuse(why : Text) : async () { throw Error.reject(why) };
  public func nothing() : async () {};

  func checked(n : Nat) : async* Nat {
    if (n == 0) throw Error.reject("zero");
    await nothing();
    n * 2;
  };

  public func double(n : Nat) : async Text {
    try { debug_show (await* checked(n)) } catch (error) { Error.message(error) };
  };

  public func tried() : async () {
    try { note("try"); await refuse("no") } catch (error) { note("catch " # Error.message(error)) } finally { note("finally") };
  };

  public func trap_behind_an_await() : async () {
    try { note("kept"); await nothing(); note("lost"); Runtime.trap("late") } finally { note("finally") };
  };

  public func within(seconds : Nat32) : async () { await (with timeout = seconds) nothing() };

  public func call_what_is_not_there() : async (Text, Text) {
    let self = Principal.toText(Principal.fromActor(Careful));
    let other = actor (self) : actor { absent : () -> async () };
    try { await other.absent(); ("", "") } catch (error) { (debug_show (Error.code(error)), Error.message(error)) };
  };

  public func side_by_side(calls : Nat) : async Nat {
    var made : [async ()] = [];
    for (_ in Nat.range(0, calls)) { made := Array.concat(made, [nothing()]) };
    for (call in made.vals()) await call;
    made.size();
  };
};
