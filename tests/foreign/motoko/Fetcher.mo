// Asks the web for something, and lets its own query cut the answer to what all nodes agree on.
import Blob "mo:core/Blob";
import Error "mo:core/Error";
import Text "mo:core/Text";

persistent actor Fetcher {
  type Header = { name : Text; value : Text };
  type Response = { status : Nat; headers : [Header]; body : Blob };
  type Request = {
    url : Text;
    max_response_bytes : ?Nat64;
    method : { #get; #head; #post };
    headers : [Header];
    body : ?Blob;
    transform : ?{ function : shared query ({ response : Response; context : Blob }) -> async Response; context : Blob };
  };

  transient let ic : actor { http_request : Request -> async Response } = actor ("aaaaa-aa");

  public query func cut({ response : Response; context : Blob }) : async Response {
    { status = response.status; headers = []; body = response.body };
  };

  public func fetch(url : Text, body : Text) : async { #ok : (Nat, Nat, Text); #err : Text } {
    let request : Request = {
      url;
      max_response_bytes = ?2_000;
      method = #post;
      headers = [{ name = "x-from"; value = "fetcher" }];
      body = ?Text.encodeUtf8(body);
      transform = ?{ function = cut; context = Blob.empty() };
    };
    try {
      let response = await (with cycles = 50_000_000_000) ic.http_request(request);
      let text = switch (Text.decodeUtf8(response.body)) { case (?text) text; case null "?" };
      #ok(response.status, response.headers.size(), text);
    } catch (error) { #err(Error.message(error)) };
  };
};
