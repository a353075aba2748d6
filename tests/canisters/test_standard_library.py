"""The standard library on chain: every module that makes sense there imports, and works as CPython does at home."""

from pathlib import Path

import pytest

from canister_runtime.image.build import build_canister
from canister_runtime.system_api import SystemApi
from support.bare_canister import BareCanister
from support.candid_text import text_argument, text_reply

pytestmark = pytest.mark.slow

EXPRESSIONS = {
    "abc": "abc.ABC.__name__",
    "array": "array.array('H', [1, 2]).tobytes().hex()",
    "base64": "base64.b64encode(b'ticket')",
    "binascii": "binascii.crc32(b'ticket')",
    "bisect": "bisect.bisect([1, 3, 5], 3)",
    "calendar": "calendar.monthrange(2024, 2)",
    "cmath": "cmath.sqrt(-4)",
    "collections": "collections.Counter('aab').most_common(1)",
    "colorsys": "colorsys.rgb_to_hsv(1, 0, 0)",
    "contextlib": "contextlib.nullcontext(3).__enter__()",
    "contextvars": "contextvars.ContextVar('x', default=4).get()",
    "copy": "copy.deepcopy([[1]])",
    "csv": "list(csv.reader(['a,\"b,c\"']))",
    "dataclasses": "dataclasses.asdict(dataclasses.make_dataclass('P', ['x'])(1))",
    "datetime": "datetime.date.fromisoformat('2024-02-29') + datetime.timedelta(1)",
    "decimal": "decimal.Decimal('0.1') + decimal.Decimal('0.2')",
    "difflib": "difflib.get_close_matches('tiket', ['ticket', 'other'])",
    "enum": "enum.Enum('E', 'A B').B.value",
    "fractions": "fractions.Fraction(6, 4)",
    "functools": "functools.reduce(lambda a, b: a * b, range(1, 6))",
    "hashlib": "hashlib.sha256(b'').hexdigest()[:16]",
    "heapq": "heapq.nsmallest(2, [3, 1, 2])",
    "hmac": "hmac.new(b'k', b'm', 'sha256').hexdigest()[:8]",
    "html": "html.escape('<a>')",
    "inspect": "inspect.isclass(int)",
    "io": "io.StringIO('text').read()",
    "ipaddress": "ipaddress.ip_address('10.0.0.1') + 1",
    "itertools": "list(itertools.pairwise('abc'))",
    "json": "json.loads(json.dumps({'a': [1.5, None, 'é']}))",
    "keyword": "keyword.iskeyword('class')",
    "math": "math.comb(10, 3)",
    "numbers": "isinstance(1, numbers.Integral)",
    "operator": "operator.itemgetter(1)('ab')",
    "pickle": "pickle.loads(pickle.dumps({1: (2, 3)}))",
    "pprint": "pprint.pformat([1])",
    "random": "random.Random(7).randint(1, 100)",
    "re": "re.findall(r'\\d+', 'a1b22')",
    "reprlib": "reprlib.repr(list(range(10)))",
    "secrets": "secrets.compare_digest('a', 'a')",
    "shlex": "shlex.split('a \"b c\"')",
    "statistics": "statistics.median([3, 1, 2])",
    "string": "string.Template('$x!').substitute(x=1)",
    "struct": "struct.pack('<HI', 1, 2).hex()",
    "textwrap": "textwrap.shorten('one two three', 8)",
    "time": "time.gmtime(0).tm_year, time.time() > 1.6e9",
    "traceback": "traceback.format_exception_only(ValueError, ValueError('x'))",
    "types": "types.SimpleNamespace(a=1)",
    "typing": "typing.get_args(typing.Optional[int])",
    "unicodedata": "unicodedata.name('é')",
    "urllib.parse": "urllib.parse.quote('a b')",
    "uuid": "uuid.uuid5(uuid.NAMESPACE_DNS, 'vex')",
    "weakref": "sorted(weakref.WeakValueDictionary(a=int))",
    "zlib": "zlib.decompress(zlib.compress(b'a' * 1000)) == b'a' * 1000",
}

SOURCE = """
{imports}
from kybra import query, text, update


@query
def evaluate(source: text) -> text:
    try:
        return str(eval(source))
    except Exception as error:
        return type(error).__name__ + ": " + str(error)


@update
def execute(source: text) -> text:
    exec(source)
    return "done"
"""


@pytest.fixture(scope="module")
def canister(tmp_path_factory: pytest.TempPathFactory) -> BareCanister:
    folder = tmp_path_factory.mktemp("library")
    imports = "\n".join(f"import {name}" for name in (*EXPRESSIONS, "os", "_random"))
    (folder / "main.py").write_text(SOURCE.format(imports=imports))
    return BareCanister(build_canister(folder).module)


def evaluate(canister: BareCanister, expression: str) -> str:
    return text_reply(canister.call("canister_query evaluate", argument=text_argument(expression)).reply)


def execute(canister: BareCanister, source: str) -> None:
    canister.call("canister_update execute", argument=text_argument(source))


@pytest.mark.parametrize("name", list(EXPRESSIONS))
def test_a_module_works_as_it_does_at_home(canister: BareCanister, name: str) -> None:
    expression = EXPRESSIONS[name]
    at_home = {module.partition(".")[0]: __import__(module) for module in EXPRESSIONS}
    assert evaluate(canister, expression) == str(eval(expression, at_home))  # noqa: S307 - our own expressions


@pytest.mark.parametrize(
    "expression",
    [
        "random.random()",
        "random.choice([1, 2])",
        "random.Random().random()",
        "random.SystemRandom().random()",
        "_random.Random().random()",
        "_random.Random(None).random()",
        "type('Dice', (_random.Random,), {})().random()",
        "_random.Random(7).seed()",
        "os.urandom(4)",
        "uuid.uuid4()",
        "secrets.token_hex(4)",
    ],
)
def test_there_is_no_randomness_before_the_seed(canister: BareCanister, expression: str) -> None:
    assert evaluate(canister, expression).startswith("RuntimeError: no randomness before the canister was seeded")


def test_a_generator_with_a_seed_of_its_own_needs_no_other(canister: BareCanister) -> None:
    assert evaluate(canister, "random.Random(7).randint(1, 100)") == "42"
    assert evaluate(canister, "random.Random(x=7).random() == _random.Random(7).random()") == "True"


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("time.sleep(1)", "RuntimeError: time.sleep: a canister cannot wait; set a timer"),
        ("__import__('_thread').start_new_thread(print, ())", "RuntimeError: can't start new thread"),
        ("open('prices.csv')", "PermissionError: [Errno 76] Capabilities insufficient: 'prices.csv'"),
        ("__import__('sqlite3')", "ModuleNotFoundError: No module named 'sqlite3'"),
    ],
)
def test_what_a_canister_cannot_do_raises(canister: BareCanister, expression: str, error: str) -> None:
    assert evaluate(canister, expression) == error


@pytest.mark.parametrize(
    "runaway",
    [
        "(lambda f: f(f))(lambda f: f(f))",
        "(lambda f: f(f))(lambda f: list(map(f, [f])))",
        "(lambda f: f(f))(lambda f: re.sub('a', lambda _: f(f), 'a'))",
        "json.dumps(functools.reduce(lambda nested, _: [nested], range(5000), []))",
        "repr(functools.reduce(lambda nested, _: [nested], range(5000), []))",
        "type('A', (), {'__eq__': lambda a, b: a == b})() == 1",
        "type('A', (), {'__getattr__': lambda a, name: a.x})().x",
    ],
)
def test_runaway_recursion_raises_wherever_it_passes_through_c(canister: BareCanister, runaway: str) -> None:
    assert evaluate(canister, f"[{runaway}]").startswith("RecursionError: maximum recursion depth exceeded")


def test_the_clock_is_the_replicas(canister: BareCanister) -> None:
    """Time in ns since 1970."""
    now = 1_620_328_630_000_000_000
    reply = canister.call("canister_query evaluate", argument=text_argument("time.time_ns()"), now=now).reply
    assert text_reply(reply) == str(now)


def test_a_seed_makes_every_source_of_randomness_work(canister: BareCanister) -> None:
    execute(canister, "import _ic0; _ic0.seed_random(bytes(range(32)))")
    drawn = [evaluate(canister, "os.urandom(8).hex()") for _ in range(3)]
    assert len(set(drawn)) == 3
    assert 0 <= float(evaluate(canister, "random.random()")) < 1
    assert evaluate(canister, "random.random() == random.random()") == "False"
    assert evaluate(canister, "_random.Random().random() == _random.Random().random()") == "False"
    assert evaluate(canister, "uuid.uuid4().version") == "4"


def test_another_seed_gives_another_stream(canister: BareCanister) -> None:
    execute(canister, "import _ic0; _ic0.seed_random(bytes(32))")
    first = evaluate(canister, "os.urandom(8).hex()")
    execute(canister, "import _ic0; _ic0.seed_random(bytes(32))")
    assert evaluate(canister, "os.urandom(8).hex()") != first


def test_a_short_seed_is_refused(canister: BareCanister) -> None:
    assert evaluate(canister, "__import__('_ic0').seed_random(b'short')") == "ValueError: a seed has at least 32 bytes"


def test_the_system_api_is_complete_and_has_two_additions(canister: BareCanister) -> None:
    declared = {name for name in vars(SystemApi) if not name.startswith("_")}
    offered = evaluate(canister, "' '.join(name for name in dir(__import__('_ic0')) if name[0] != '_')").split()
    assert set(offered) == declared | {"seed_random", "urandom"}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("stable64_read(0)", "TypeError: stable64_read() takes 2 arguments (1 given)"),
        ("stable64_grow(-1)", "OverflowError: can't convert negative int to unsigned"),
        ("stable64_write(0, 'text')", "TypeError: a bytes-like object is required, not 'str'"),
        ("cycles_burn128(2**128)", "OverflowError: int too big to convert"),
        ("cycles_burn128(-1)", "OverflowError: can't convert negative int to unsigned"),
        ("msg_cycles_accept128(1.5)", "TypeError: an amount is an int, not float"),
        ("call(b'', 'm', b'', 0)", "TypeError: call() takes 5 arguments (4 given)"),
        ("call(b'', 'm', b'', -1, 0)", "OverflowError: can't convert negative int to unsigned"),
        ("call(b'', 'm', b'', 0, -1)", "OverflowError: can't convert negative value to unsigned int"),
    ],
)
def test_wrong_arguments_to_the_system_api_are_exceptions(canister: BareCanister, call: str, error: str) -> None:
    assert evaluate(canister, f"__import__('_ic0').{call}") == error


def test_stable_memory_takes_bytes_and_gives_them_back(canister: BareCanister) -> None:
    execute(canister, "import _ic0; _ic0.stable64_grow(1); _ic0.stable64_write(65530, b'ticket')")
    assert evaluate(canister, "__import__('_ic0').stable64_read(65529, 7)") == "b'\\x00ticket'"
    assert evaluate(canister, "__import__('_ic0').stable64_size()") == "1"


def test_a_library_module_is_found_under_its_own_name(canister: BareCanister) -> None:
    assert evaluate(canister, "json.__file__") == "<python>/json/__init__.py"
    assert not list(Path("/").glob("<python>"))
