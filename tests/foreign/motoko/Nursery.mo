// Makes, feeds, upgrades and deletes a canister of its own, and asks the management canister about it.
import Child "Child";
import Cycles "mo:core/Cycles";
import Error "mo:core/Error";
import Principal "mo:core/Principal";

persistent actor Nursery {
  type About = { canister_id : Principal };
  transient let management = actor "aaaaa-aa" : actor {
    canister_status : About -> async { status : { #running; #stopping; #stopped }; cycles : Nat; settings : { controllers : [Principal] } };
    deposit_cycles : About -> async ();
    stop_canister : About -> async ();
    delete_canister : About -> async ();
  };
  var children : [Child.Child] = [];

  func about() : About { { canister_id = Principal.fromActor(children[0]) } };

  public func make(start : Nat, cycles : Nat) : async Principal {
    children := [await (with cycles) Child.Child(start)];
    about().canister_id;
  };

  public func grow() : async Nat { await children[0].grow() };

  public func upgrade(start : Nat) : async Nat {
    await (await (system Child.Child)(#upgrade(children[0]))(start)).grow();
  };

  public func reinstall(start : Nat) : async Nat {
    await (await (system Child.Child)(#reinstall(children[0]))(start)).grow();
  };

  public func feed(offered : Nat, eaten : Nat) : async (Nat, Nat) {
    let accepted = await (with cycles = offered) children[0].eat(eaten);
    (accepted, Cycles.refunded());
  };

  public func deposit(cycles : Nat) : async Nat {
    let before = (await management.canister_status(about())).cycles;
    await (with cycles) management.deposit_cycles(about());
    (await management.canister_status(about())).cycles - before : Nat;
  };

  public func is_mine() : async Bool {
    (await management.canister_status(about())).settings.controllers == [Principal.fromActor(Nursery)];
  };

  func asked() : async Text {
    try { ignore await children[0].grow(); "grew" } catch (error) { Error.message(error) };
  };

  public func end() : async [Text] {
    await management.stop_canister(about());
    let stopped = await asked();
    await management.delete_canister(about());
    [stopped, await asked()];
  };
};
