// The register's second version: a variable more, the others kept; upgrading counts.
import Map "mo:core/Map";
import Text "mo:core/Text";

persistent actor {
  var entries : Map.Map<Text, Nat> = Map.empty<Text, Nat>();
  var writes : Nat = 0;
  var upgrades : Nat = 0;
  transient var since_upgrade : Nat = 0;

  public func put(name : Text, amount : Nat) : async () {
    ignore Map.insert(entries, Text.compare, name, amount);
    writes += 1;
    since_upgrade += 1;
  };

  public query func get(name : Text) : async ?Nat { Map.get(entries, Text.compare, name) };

  public query func size() : async Nat { Map.size(entries) };

  public query func counts() : async (Nat, Nat) { (writes, since_upgrade) };

  public query func upgraded() : async Nat { upgrades };

  system func postupgrade() { upgrades += 1 };
};
