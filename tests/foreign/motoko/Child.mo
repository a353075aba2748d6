// What a nursery makes: it starts where it is told, grows, and eats cycles.
import Cycles "mo:core/Cycles";

persistent actor class Child(start : Nat) {
  var size = start;
  public func grow() : async Nat { size += 1; size };
  public func eat(most : Nat) : async Nat { Cycles.accept<system>(most) };
};
