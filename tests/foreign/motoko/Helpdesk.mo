// A dapp of somebody else: opens tickets through VEX's index, in its own name, and reads them back.
import Index "canister:index";
import Error "mo:core/Error";
import Int "mo:core/Int";
import Nat "mo:core/Nat";
import Nat64 "mo:core/Nat64";
import Time "mo:core/Time";

persistent actor {
  var tickets : [Nat64] = [];
  var tokens : Nat = 0;

  public func open(organisation : Nat64, subject : Text, body : Text) : async { #ok : Nat64; #err : Text } {
    tokens += 1;
    let request = {
      organisation;
      subject;
      body;
      kind = "question";
      priority = "normal";
      tags = ["motoko"];
      team = null;
      assignee = null;
      requester = null;
      requester_reference = ?("order " # Nat.toText(tokens));
      channel = ?"api";
      language = null;
      fields = null;
      client_token = "motoko-" # Nat.toText(tokens);
      created_at = Nat64.fromNat(Int.abs(Time.now()));
    };
    try {
      switch (await Index.create_ticket(request)) {
        case (#Ok receipt) { #ok(receipt.ticket) };
        case (#Err refused) { #err(debug_show (refused.code) # " " # refused.message) };
      };
    } catch (error) { #err(Error.message(error)) };
  };

  public func read(ticket : Nat64) : async { #ok : { subject : Text; body : Text; status : Text; version : Nat32 }; #err : Text } {
    switch (await Index.get_ticket_replicated(ticket)) {
      case (#Ok found) {
        #ok({ subject = found.summary.subject; body = found.body; status = found.summary.status; version = found.summary.version });
      };
      case (#Err refused) { #err(debug_show (refused.code) # " " # refused.message) };
    };
  };
};
