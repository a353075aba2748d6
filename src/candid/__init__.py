"""Candid: types, binary codec, interface descriptions and text form (Candid specification 0.1.x)."""

from candid.codec import compile_decoder, compile_encoder, decode, decode_untyped, encode
from candid.decoder import Decoder, PythonValues
from candid.encoder import Encoder, PythonForms
from candid.errors import CandidError, DecodeError, EncodeError, Mismatch, TextError
from candid.limits import Limits
from candid.principal import Principal
from candid.subtype import subtype
from candid.values import Some

__all__ = [
    "CandidError",
    "DecodeError",
    "Decoder",
    "EncodeError",
    "Encoder",
    "Limits",
    "Mismatch",
    "Principal",
    "PythonForms",
    "PythonValues",
    "Some",
    "TextError",
    "compile_decoder",
    "compile_encoder",
    "decode",
    "decode_untyped",
    "encode",
    "subtype",
]
