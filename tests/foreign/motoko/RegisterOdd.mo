// A version that cannot take over: what was a number would be a text.
persistent actor {
  var writes : Text = "";

  public query func counts() : async Text { writes };
};
