"""Sources to refuse: Python that Kybra's parser does not know, and top levels that its bundler loses."""

from support.rejected_sources.cases import Rejected, packaged

REJECTED: dict[str, Rejected] = {
    # syntax
    "a syntax error": Rejected("K101", 2, "x = 1\ndef f(:\n"),
    "a generic class of Python 3.12": Rejected("K101", 1, "class C[T]:\n    pass\n"),
    "a generic function of Python 3.12": Rejected("K101", 1, "def f[T](x: T) -> T:\n    return x\n"),
    "a type statement": Rejected("K101", 1, "type X = int\n"),
    "an f-string that reuses its quotes": Rejected("K101", 2, "d = {}\ns = f'{d['k']}'\n"),
    "a syntax error in a package": packaged("K101", 1, "app/part.py", "def f(:\n"),
    "a syntax error in a copied file": packaged("K101", 1, "app/unused.py", "def f(:\n", "import app\n"),
    "match": Rejected("K102", 2, "def f(x):\n    match x:\n        case 1:\n            return 2\n"),
    "match in a package": packaged("K102", 1, "app/part.py", "match 1:\n    case _:\n        pass\n"),
    "match in a copied file": packaged(
        "K102", 1, "app/sub/unused.py", "match 1:\n    case _:\n        pass\n", "import app\n"
    ),
    "context managers in brackets": Rejected(
        "K103", 2, "def f(a, b):\n    with (a() as x, b() as y):\n        return x\n"
    ),
    "one context manager with a name in brackets": Rejected(
        "K103", 2, "def f(a):\n    with (a() as x):\n        return x\n"
    ),
    "context managers in brackets without names": Rejected(
        "K103", 2, "def f(a, b):\n    with (a, b):\n        return 1\n"
    ),
    "context managers in brackets over lines": Rejected(
        "K103", 2, "def f(a, b):\n    with (\n        a() as x,\n        b(),\n    ):\n        return x\n"
    ),
    "one context manager with a comma in brackets": Rejected(
        "K103", 2, "def f(a):\n    with (a,):\n        return 1\n"
    ),
    "except star": Rejected("K104", 1, "try:\n    pass\nexcept* ValueError:\n    pass\n"),
    "a byte order mark": Rejected("K105", 1, "\ufeffx = 1\n"),
    "a star in a subscript": Rejected(
        "K107", 2, "a, b = (1,), {}\nx = b[*a]\n".replace("a, b = (1,), {}", "a = b = ()")
    ),
    "a star in the annotation of args": Rejected("K107", 1, "def f(*args: *tuple[int, ...]):\n    pass\n"),
    "a bare walrus in a subscript": Rejected("K108", 2, "def f(d):\n    return d[n := 1]\n"),
    "a key after unpacking": Rejected("K110", 2, "def f(a):\n    return {**a, 'k': 1}\n"),
    "a key between unpackings": Rejected("K110", 2, "def f(a, b):\n    return {**a, 'k': 1, **b}\n"),
    "a key before and after unpacking": Rejected("K110", 2, "def f(a):\n    return {'i': 0, **a, 'k': 1}\n"),
    # top level
    "a chained assignment": Rejected("K201", 1, "a = b = 1\n"),
    "a chained assignment in a package": packaged("K201", 2, "app/part.py", "x = 1\na = b = x\n"),
    "destructuring": Rejected("K202", 1, "a, b = 1, 2\n"),
    "destructuring of one": Rejected("K202", 1, "[a] = [1]\n"),
    "destructuring with a star": Rejected("K202", 1, "a, *b = [1, 2]\n"),
    "an attribute as a target": Rejected("K202", 3, "class C:\n    pass\nC.x = 1\n"),
    "an item": Rejected("K202", 2, "d = {}\nd['k'] = 1\n"),
    "an annotated attribute": Rejected("K202", 3, "class C:\n    pass\nC.x: int = 1\n"),
    "an item in a package": packaged("K202", 2, "app/part.py", "d = {}\nd['k'] = 1\n"),
}
