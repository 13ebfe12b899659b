#include "weights/pickle_globals.h"

#include <algorithm>
#include <initializer_list>
#include <set>

namespace roundel::pickle {
namespace {

using Names = std::initializer_list<std::string_view>;

bool contains(Names names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

std::set<std::string_view> wordsOf(std::string_view text) {
  std::set<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.insert(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// Classes are written with a capital letter by those who write checkpoints.
bool isClassName(std::string_view name) { return !name.empty() && name.front() >= 'A' && name.front() <= 'Z'; }

/// Public modules of Python's own library (2.7 and 3.6 to 3.13) that can do something, and packages that install, download, start
/// programs or unpickle.
const std::set<std::string_view>& guarded() {
  static const std::set<std::string_view> names = wordsOf(
      "BaseHTTPServer CGIHTTPServer ConfigParser Cookie HTMLParser IPython Queue SimpleHTTPServer SocketServer StringIO UserDict abc "
      "aifc aiohttp antigravity anydbm argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex bisect "
      "builtins bz2 cPickle cProfile cStringIO calendar cgi cgitb chunk cloudpickle cmath cmd code codecs codeop collections colorsys "
      "commands compileall concurrent configparser contextlib contextvars copy copy_reg copyreg crypt csv ctypes curses dataclasses "
      "datetime dbhash dbm decimal difflib dill dis distutils docker doctest dumbdbm email encodings ensurepip enum errno exceptions "
      "fabric faulthandler fcntl filecmp fileinput fnmatch fractions fsspec ftplib functools future_builtins gc gdbm genericpath getopt "
      "getpass gettext glob graphlib grp gzip hashlib heapq hmac html http httplib httpx huggingface_hub idlelib imaplib imghdr imp "
      "importlib importlib_metadata inspect invoke io ipaddress itertools joblib json lib2to3 linecache locale logging lzma macpath "
      "mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocess multiprocessing netrc nis nntplib nt ntpath "
      "nturl2path numbers opcode operator optparse os os2emxpath ossaudiodev paramiko pathlib pdb pexpect pickle pickletools pip pipes "
      "pkg_resources pkgutil platform plistlib popen2 poplib posix posixfile posixpath pprint profile pstats psutil pty pwd py_compile "
      "pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib requests resource rlcompleter robotparser runpy sched "
      "secrets select selectors setuptools sh shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 "
      "sre_compile sre_constants sre_parse ssl string struct subprocess sunau sys sysconfig syslog tabnanny tarfile telnetlib tempfile "
      "termios textwrap thread threading time timeit tkinter tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types "
      "typing unicodedata unittest urllib urllib2 urllib3 urlparse uu uuid venv warnings weakref webbrowser wget winreg winsound "
      "wsgiref xdrlib xml xmlrpc xmlrpclib yaml zipapp zipfile zipimport zlib zoneinfo");
  return names;
}

/// What begins with an underscore is private to Python; a program is called __main__.
bool isGuarded(std::string_view top) { return guarded().contains(top) || (top.starts_with('_') && top != "__main__"); }

/// What of the guarded modules holds data.
bool isData(std::string_view module, std::string_view name) {
  struct Allowed {
    std::string_view module;
    Names names;
  };
  static const std::initializer_list<Allowed> kAllowed = {
      {"argparse", {"Namespace"}},
      {"array", {"array", "_array_reconstructor"}},
      {"_codecs", {"encode"}},
      {"copyreg", {"_reconstructor", "__newobj__", "__newobj_ex__"}},
      {"copy_reg", {"_reconstructor", "__newobj__", "__newobj_ex__"}},
      {"collections", {"OrderedDict", "defaultdict", "Counter", "deque", "ChainMap", "UserDict", "UserList", "UserString"}},
      {"datetime", {"date", "datetime", "time", "timedelta", "timezone"}},
      {"decimal", {"Decimal", "Context"}},
      {"fractions", {"Fraction"}},
      {"functools", {"partial"}},
      {"ipaddress", {"IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network"}},
      {"logging", {"getLogger", "Logger"}},
      {"operator", {"itemgetter"}},
      {"pathlib", {"Path", "PurePath", "PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath"}},
      {"pathlib._local", {"Path", "PurePath", "PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath"}},
      {"random", {"Random"}},
      {"re", {"_compile"}},
      {"time", {"struct_time"}},
      {"types", {"SimpleNamespace", "MappingProxyType", "NoneType"}},
      {"uuid", {"UUID", "SafeUUID"}},
      {"zoneinfo", {"ZoneInfo", "ZoneInfo._unpickle"}}};
  static const Names kBuiltins = {"set",     "frozenset", "dict",      "list",    "tuple",   "int",      "long",           "float",
                                  "complex", "bytes",     "bytearray", "str",     "unicode", "bool",     "object",         "slice",
                                  "range",   "xrange",    "type",      "getattr", "None",    "Ellipsis", "NotImplemented", "print",
                                  "abs",     "len",       "max",       "min",     "round",   "sum"};
  if (module == "builtins" || module == "__builtin__") return contains(kBuiltins, name) || name.ends_with("Error");
  if (module == "math" || module == "cmath") return name.find('.') == name.npos;
  if (module == "typing" || module == "enum" || module == "numbers" || module == "collections.abc")
    return isClassName(name) && name.find('.') == name.npos;
  return std::any_of(kAllowed.begin(), kAllowed.end(),
                     [&](const Allowed& allowed) { return allowed.module == module && contains(allowed.names, name); });
}

bool isTorchData(std::string_view module, std::string_view name, Use use) {
  for (const std::string_view closed :
       {"torch.hub", "torch.serialization", "torch.package", "torch.utils.cpp_extension", "torch.utils.model_zoo", "torch.distributed.rpc",
        "torch.testing", "torch._inductor", "torch._dynamo"})
    if (module == closed || (module.starts_with(closed) && module[closed.size()] == '.'))
      return module == "torch.serialization" && name == "_get_layout";
  if (module == "torch" && contains({"load", "save", "hub", "classes", "ops", "compile"}, name)) return false;
  return use == Use::Named || isClassName(name) || name.starts_with("_rebuild") || name.starts_with("_load_from_bytes") ||
         contains({"device", "dtype", "layout", "memory_format", "_get_layout", "_set_obj_state"}, name);
}

}  // namespace

bool isHonest(std::string_view module, std::string_view name, Use use) {
  const std::string_view top = module.substr(0, module.find('.'));
  if (isGuarded(top)) return isData(module, name);
  // "Outer.Inner" is a class in a class; anything else with a dot reaches through a module or into an object.
  std::string_view last = name;
  for (std::size_t dot = last.find('.'); dot != last.npos; dot = last.find('.')) {
    if (!isClassName(last.substr(0, dot))) return false;
    last.remove_prefix(dot + 1);
  }
  if (last.starts_with("__")) return false;
  if (top == "torch") return isTorchData(module, last, use);
  for (const std::string_view closed : {"numpy.testing", "numpy.f2py", "numpy.distutils", "pandas.io"})
    if (module == closed || (module.starts_with(closed) && module[closed.size()] == '.')) return false;
  return true;
}

}  // namespace roundel::pickle
