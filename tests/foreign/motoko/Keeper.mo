// Looks at messages before it takes them, counts heartbeats and upgrades, and keeps numbers in two regions.
import CertifiedData "mo:core/CertifiedData";
import Nat64 "mo:core/Nat64";
import Region "mo:core/Region";

persistent actor Keeper {
  let first = Region.new();
  let second = Region.new();
  var beats = 0;
  var upgrades = 0;

  system func heartbeat() : async () { beats += 1 };
  system func preupgrade() { upgrades += 1 };
  system func postupgrade() { upgrades += 10 };
  system func inspect({
    msg : {
      #grow : () -> (pages : Nat64, pages_of_second : Nat64);
      #put : () -> (at : Nat64, value : Nat64);
      #certify : () -> (value : Blob);
      #get : () -> (at : Nat64);
      #state : () -> ();
      #is_certified : () -> ();
    }
  }) : Bool {
    switch msg { case (#put(call)) { call().1 != 13 }; case (#certify _) { assert false; false }; case _ true };
  };

  public func grow(pages : Nat64, pages_of_second : Nat64) : async (Nat64, Nat64) {
    (Region.grow(first, pages), Region.grow(second, pages_of_second));
  };
  public func put(at : Nat64, value : Nat64) : async () {
    Region.storeNat64(first, at, value);
    Region.storeNat64(second, at, value + 1);
    CertifiedData.set("\01\02\03");
  };
  public query func get(at : Nat64) : async (Nat64, Nat64) { (Region.loadNat64(first, at), Region.loadNat64(second, at)) };
  public query func state() : async (Bool, Nat) { (beats > 0, upgrades) };
  public func certify(value : Blob) : async () { CertifiedData.set(value) };
  public query func is_certified() : async Bool { CertifiedData.getCertificate() != null };
};
