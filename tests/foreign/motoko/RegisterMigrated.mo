// The register after a migration: names and debts, instead of a map of amounts.
import Iter "mo:core/Iter";
import Map "mo:core/Map";

(
  with migration = func(old : { var entries : Map.Map<Text, Nat> }) : { var names : [Text]; var debts : [Int] } {
    {
      var names = Iter.toArray(Map.keys(old.entries));
      var debts = Iter.toArray(Iter.map<Nat, Int>(Map.values(old.entries), func amount = -amount));
    };
  }
)
persistent actor {
  var names : [Text] = [];
  var debts : [Int] = [];
  var writes : Nat = 0;
  public query func all() : async ([Text], [Int], Nat) { (names, debts, writes) };
};
