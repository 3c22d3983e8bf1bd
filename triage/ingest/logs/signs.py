"""The words of failures in logs: how compilers, linters, package managers, shells and services say that they broke.

Each sign is a pattern of google-re2, so that all of them are one pass over a line; ``severity`` judges by them.
"""

CAUSE = 1.0
"""An exception, a panic, a fatal signal: says what went wrong."""
ERROR = 0.8
"""A line of level error, a failed step with its reason."""
WRAPPER = 0.55
"""Says that something failed, hardly what: ``FAILED``, an exit code."""
HINT = 0.3
"""A warning, a retry: context."""

# (score, pattern). The highest score counts.
SIGNS: tuple[tuple[float, str], ...] = (
    # Exceptions, panics, fatal errors of the languages' runtimes.
    (CAUSE, r"^\s*(?:\[[^\]]*\]\s*|[│┃║╷>*]+\s*|#\d+ (?:\d+\.\d+ )?)?(?:Uncaught |Unhandled |Unhandled exception\. |Caused by: |Exception in thread \"[^\"]*\" |E +)?(?:[A-Za-z_$][\w$]*[.:]{1,2})*(?:[A-Z][\w$]*)?(?:Error|Exception)\b(?:: \S|:?\s*$| \[| at )"),
    (CAUSE, r"^\s*Traceback \(most recent call last\)"),
    (CAUSE, r"\bpanic: |\bpanicked at |^fatal error: |\b(?:Fatal|Parse|Compile|Recoverable fatal|Catchable fatal) error: |: runtime error: |^\*\* \([\w.]+\) |(?:^|^\S+: )Error in \S|\bfatal: |\bFatal Python error\b|\bUncaught (?:exception|[A-Z]\w*(?:Error|Exception))\b|\([A-Z]\w*(?:Error|Exception)\)\s*$"),
    (CAUSE, r"^\s{0,4}\[(?:[A-Z]\w*\\)*[A-Z]\w*(?:Error|Exception)\]\s*$|(?:^|\[)UnhandledPromiseRejection: |A fatal error has been detected by the Java"),
    (CAUSE, r"\b(?:Segmentation fault|SIGSEGV|SIGABRT|core dumped|dumped core|terminate called (?:after|without|recursively)|Library not loaded|Abort trap|Illegal instruction|Floating point exception|\w+Sanitizer: |AddressSanitizer|Bus error|[Oo]ut ?[Oo]f ?[Mm]emory|OOMKilled|No space left on device|segfault at [0-9a-f]+)\b"),
    (CAUSE, r"^\*\*\* (?:stack smashing|buffer overflow) detected|^(?:double free or corruption|free\(\): |malloc\(\): |realloc\(\): |munmap_chunk\(\): |corrupted (?:size|double-linked))|\binternal compiler error\b"),
    (CAUSE, r"^#\d+ +<signal handler called>$"),
    (CAUSE, r"^==\d+== (?:Invalid (?:read|write|free)|Process terminating|Conditional jump or|Use of uninitiali|Syscall param |Mismatched free|Source and destination overlap|Possible data race|Conflicting (?:load|store)|Argument .{1,80} fishy |[\d,]+ (?:\([^)]*\) )?bytes in [\d,]+ blocks are (?:definitely|possibly) lost)|\bdefinitely lost: [1-9]"),
    # Debuggers and dumps: gdb, WinDbg, Breakpad's minidump_stackwalk.
    (CAUSE, r"\b(?:received|terminated with) signal SIG(?:TRAP|FPE|BUS|ILL|SYS|XCPU|XFSZ)\b|^ *ExceptionCode: [0-9a-f]{8}\b|^Crash\|[A-Z][A-Z]"),
    (CAUSE, r"(?i)[a-z] signal(?: no\.?| number| #)?:? ?\(?(?:4|6|7|8|11)\b"),
    # Kernels, firmware, crash reports of Apple's systems.
    (CAUSE, r"(?:^|[\]:] )BUG: \S|\b(?:self-detected stall|detected stalls on|possible (?:circular|recursive) locking|suspicious RCU usage)\b|\b(?:BUG: (?:kernel |unable to handle|soft lockup|Bad |KASAN|KMSAN|KFENCE|scheduling while|sleeping function)|kernel BUG at |[Gg]eneral protection fault\b.{0,80}\[#\d|Unable to handle kernel |blocked for more than \d+ seconds|Kernel panic - not syncing: [^F]|Guru Meditation Error: )|^Exception Type: +EXC_"),
    (CAUSE, r"\bWARNING: (?:CPU: \d+ PID: \d+ at \S+:\d+|\S+\.[chS]:\d+ at) \S"),
    (WRAPPER, r"\bOops: [0-9a-f]+ \[#\d|Internal error: Oops|Kernel panic - not syncing: Fatal exception"),
    (CAUSE, r"[a-z]: (?:[A-Z]\w*)?Error: \S|\bAssertionError\b|(?i:\bassertion failed\b)|\bAssertion .* failed\b|\bAssertion .*, at \S+:\d+$"),
    # Compilers and linkers.
    (CAUSE, r"\b[Ee]rror(?:\[[A-Z]*\d+\]| [A-Z]{1,9}\d{2,6}):|: +(?:fatal )?error:(?: |$)|\w\(\d+(?:,\d+)?\) (?:Error|Fatal): |^\s{0,8}(?:[A-Z][a-z]+ )?error: \S|^error [A-Z]{1,9}\d{3,5}:|\(\d+(?:, ?\d+)?\) ?:? *(?:fatal )?[Ee]rror\b|^e: \S"),
    (CAUSE, r": multiple definition of [`'‘\"]|\brelocation R_\w+ (?:against|out of range)|\bfound where operator expected at \S+ line \d|(?:^|[\w/]+ )error : \S|^%Error\b|^\S+?:\d+(?::\d+)?: (?:Fatal )?Error: \S|\bLisp error: |^Symbol[’'`]s (?:value as variable|function definition) is void: |^\*{1,4} ?(?:error|Error): \S"),
    (CAUSE, r"\bld(?:\.\w+|64)?(?:\.exe)?: (?:library|symbol|framework|cannot|error|duplicate)|^Undefined symbols for |^duplicate symbol |\bunresolved external symbol\b"),
    (CAUSE, r"\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EADDRINUSE|ENOSPC|EACCES|ENOENT|EPIPE|EMFILE|ESOCKETTIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERESOLVE)\b"),
    (CAUSE, r"(?i): (?:input/output error|read-only file system|disk quota exceeded|no route to host|network is unreachable|cannot allocate memory|argument list too long|device or resource busy|text file busy|file name too long|too many open files|stale file handle)\b|\bi/o error, dev \S"),
    (CAUSE, r"(?i): unterminated\b|(?i)\b(?:connection (?:refused|reset)|permission denied|no such file or directory|command not found|cannot find (?:module|symbol)|package \S+ does not exist|incompatible types|undefined reference|undefined symbol|deadlock detected|uninitialized constant|unbound variable|attempt to (?:index|call|compare|perform)|exec format error|(?:syntax|parse) error(?:\s*$|[:,] \S| (?:near|at|on|in)\b)|unexpected (?:end of (?:file|input|json input|data)\b|eof\b)|premature end\b|not in \w+ format\b|no such host|x509: )"),
    (CAUSE, r"^\S+: (?:line )?\d+: .*\S: not found\s*$|\bnot found in (?:\$?PATH\b|(?:the )?current directory)|\bis not recognized as (?:an internal or external command|the name of a cmdlet|a name of a cmdlet)|\bORA-\d{5}\b"),
    (CAUSE, r"no se reconoce como un comando interno|pas reconnu en tant que commande interne|ist entweder falsch geschrieben oder\b|riconosciuto come comando interno|reconhecido como um comando interno|wordt niet herkend als een interne|nie jest rozpoznawana jako polecenie|не является внутренней или внешней|不是内部或外部命令|不是內部或外部命令|は、内部コマンドまたは外部コマンド|내부 또는 외부 명령"),
    (CAUSE, r"^(?:[A-Za-z]:)?[^\s:][^:]*\.(?:java|kt|groovy|scala):\d+: ?(?:错误|エラー|Fehler|\x{fffd}+): ?(?:[^\s\[]|$)|^ {4}\S+\.lua:\d+:\d+(?:-\d+)?: \S"),
    (ERROR, r"^Diff in \S+?(?::\d+| at line \d+):$|\bHandledError\| \S|^An (?:unexpected )?error has occurred: \S"),
    (ERROR, r":\d+:\d+ - error: \S|^\S+\.\w{1,8}:\d+(?::\d+)? error [A-Z]+\d+/|^>> Issue: \[\w+:\w+\] \S"),
    (ERROR, r"^(?:vet: )?(?:[A-Za-z]:)?[^\s:]+\.\w{1,6}:\d+:\d+: [^\s]"),
    (ERROR, r"^\s*\S+\.\w{1,5}:\d+:\d+: .*\([\w/@-]+\)$|^\S+\.go:\d+: .* \((?:\w+)\)$|^\S+\.java:\d+:\t\w+:\t"),
    # TeX, Lisp, infrastructure; what stands below the message of Haskell, Tcl, Perl and Lua (see ``traces``).
    (CAUSE, r"^! (?:(?:La|pdf|Xe|Lua)?TeX |Package |Class |Undefined control|Missing |Extra |Emergency stop|Too many |Paragraph ended|Misplaced |File ended|Illegal |Argument of|Double |Dimension too|I can't |Use of |You can't |Improper |Font |Runaway )"),
    (CAUSE, r"^(?:debugger invoked on an?|Unhandled) [A-Z][\w:-]+ in thread |^\s*\* [\w.\[\]\"-]+: (?:Error |error |\S+ing .*: )[^\n]*: \S"),
    (ERROR, r"^Package \S+ \([^)]*\) not found\.?$|^CallStack \(from HasCallStack\):|^    (?:while executing|invoked from within)$|^\t[\w:]+\(.*\) called at \S+ line \d+|^stack traceback:$|^\d+ error [a-z]"),
    (CAUSE, r"^\s{0,8}(?:[A-Z][A-Za-z-]+ ){1,2}Error: [A-Za-z'\"`/\[(<{]|^\s{0,8}\[(?:[A-Z]\w*)?Error: \S|^E {3}assert "),
    (ERROR, r"^(?:\[?\d[\d:T.,/ Z+-]{7,34}\]? )?(?:\[[^\]]{1,60}\] )?\[[EF]\] |^\[[EF] [\d:., -]{5,30}"),
    # Exceptions of Python that are not called errors; what is there is not what is needed.
    (ERROR, r"^(?:[a-z_]\w*\.)+[A-Z]\w*(?:NotFound|DoesNotExist|Conflict|Expired|Timeout|Failure|Fault|Denied|Interrupt|Exit|Missing): \S|^INTERNALERROR> "),
    (ERROR, r"\bthere is no package called \S|\bbut .{1,80} is (?:required|needed)\b|^Requested '.{1,80}' but version of|^No package '\S+' found$|\bUnit \S+\.\w+ (?:not found|could not be found)\b|^Required \w.{1,120} (?:isn't|is not|not) (?:installed|found|available)|\bmust be installed (?:to|before|in order)\b|^\S+\.\w{1,5}:\d+: .*\bdo(?:es not|esn't) exist\b"),
    (ERROR, r"^[\w.-]+: (?i:unknown|unrecognized|invalid|illegal|missing) [a-z]+(?: [a-z]+){0,3}:? [‘'\"«]|^[\w.-]+: missing (?:\w+ )?operand|^[\w./-]+: error (?:\([^)]{1,80}\)|at [^:]{1,80}): \S|^[a-z][\w.-]{0,30}: (?:\S.* )?do(?:es not|n't) exist\.?$|\bno valid \w+(?: \w+){0,2} found\b|: [Ff]ile format not recogni[sz]ed$"),
    (ERROR, r"^[\w./-]+: (?i:unknown|unrecognized|invalid) (?i:command|subcommand|sequence|target|task|directive|keyword)\b|\b(?:option|argument|flag)s? (?:\S{1,40} )?(?:is|are) (?:not|no longer) supported\b|\boption is not supported\b"),
    # What a line says of itself.
    (ERROR, r"(?:^|[\s\[|:\"=<])(?:ERROR|FATAL|CRITICAL|SEVERE|EMERGENCY|ALERT|PANIC)(?:[\s\]|:\"\-/>!]|$)|\w\.(?:ERROR|CRITICAL|ALERT|EMERGENCY): "),
    (ERROR, r"\[(?:error|emerg|alert|crit)\] |(?i)\b(?:level(?:name)?|severity(?:_?text)?|lvl)[\"']?[=:] ?[\"']?(?:error|err|fatal|critical|panic|50|60)\b|\"@l\":\"(?:error|fatal)\""),
    (ERROR, r"(?i)\b(?:bad|unknown|unrecognized|invalid|illegal) (?:command[- ]line )?(?:option|argument|flag|switch)s?\b"),
    (CAUSE, r"\.\w{1,8}:\d+:error(?: \(\w+\))?: \S|^\S+:\d+:\d+-\d+:\d+ \[E\d{4}\] (?:[A-VX-Z]|W[^a])|^In \S+\.php line \d+:$"),  # BYOND, MoonBit, Symfony's console
    (CAUSE, r": No module named \S|^(?:[A-Z]\w*\\)+[A-Z]\w*(?:Error|Exception):$|: (?:directory|file) not found\b|\bno required module provides package\b"),
    (CAUSE, r"^(?:/bin/)?(?:ba|da|a|z|k)?sh: [^\s:]+: not found$|\bdoes not exist locally\b"),
    (ERROR, r"^\[gw\d+\] node down: \S"),  # pytest-xdist, of a worker that died
    (ERROR, r"^At (?:line|.+\.psm?1):\d+ char:\d+$"),
    (ERROR, r"^error [A-Z\"]|\bnpm (?:ERR!|error)|^E: |^Err:\d|^##\[error\]|^::error\b|\[31m|^\s*ERR_[A-Z]+|^➤ YN00(?:01|09|16|18|28|35|41|82):"),
    (ERROR, r"^\[?\d[\d:. TZ,/+-]{7,34}\]?[ \t]+\[?(?:error|fatal|critical)\]?(?:: | \[| - | \|)"),
    (ERROR, r"^\[?[\d:. T+-]{8,35} (?:ERR|FTL|CRT)\]|^(?:fail|crit): [A-Z][\w.]+\[\d+\]|<(?:Error|Fatal|Critical)> |\bat=error\b|\] Rule \d+: .* failed with message:|^[EF]/\w|^\d\d-\d\d [\d:.]+ +\d+ +\d+ [EF] "),
    (ERROR, r"^[EF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\]|^[\w./-]*[Mm]ake(?:file)?(?:\.\w+)?(?:[\[:]\d+\]?)?: \*\*\* .*Stop\.|^(?:\S+: line \d+: +\d+ )?Killed\b"),
    (ERROR, r"^CMake Error\b|^(?:denied|unauthorized|toomanyrequests|manifest unknown): |^remote: (?:Repository|Permission|Invalid|Error|fatal)|^CONFLICT \(|^ ! \[(?:remote )?rejected\]"),
    (ERROR, r"^(?:Error|ERROR) [\w /-]{2,60}(?: ?\([^)]{1,60}\))?: \S|(?i)^error (?:during|while|when|occurred)\b"),
    (ERROR, r"\.service: (?:Main process exited, code=(?:exited, status=[1-9]|killed|dumped)|Failed with result|Control process exited)|^A problem occurred (?:evaluating|configuring)"),
    # Sentences.
    (ERROR, r"(?i)\b(?:(?:deadline|quota|limit|timeout of \S+) (?:was )?exceeded|exceeded (?:the maximum|timeout)|operation was cancell?ed|received a shutdown signal|lost communication with|timed out|time-?out (?:exceeded|expired|reached)|wait time-?out|time-?out (?:while |when )?waiting|(?:i/o|handshake) timeout|rate limit exceeded|exceeded (?:its |the )?(?:time|deadline|quota|limit|\d+ ?(?:m?s|sec(?:ond)?s?|min(?:ute)?s?)\b)|too many requests|access denied|unauthorized|forbidden|handshake (?:failed|failure)|certificate verify failed|certificate signed by unknown|host key verification failed|(?:was|were) refused)\b"),
    (ERROR, r"(?i)\b(?:cannot|could not|couldn't|can't|unable to|failed to|don't know how to) [a-z]"),
    (ERROR, r"(?i)\b(?:version solving failed|no solution found when|no matching version|is not in this registry|does(?:n't| not) (?:satisfy|meet|complete within|match the checksum)|checksum mismatch|inconsistent vendoring|no required module provides|unknown revision|updates to go\.mod needed|your php version|session not created|executable doesn't exist at|disappeared unexpectedly|terminated without (?:properly )?saying|invalid workflow file|build timed out|no output has been received|(?:job|build) (?:was |has been )?(?:aborted|terminated|cancelled|canceled)|(?:rule|format) violations|code style issues|did not complete within)\b"),
    (ERROR, r"(?i)\b(?:coverage|threshold|requirements?)\b.*\bnot (?:met|reached|satisfied)\b"),
    (ERROR, r"(?i)\bHTTP(?:/[\d.]+)? (?:4\d\d|5\d\d)\b|\bHTTP/[\d.]+\" 5\d\d\b|\bstatus(?: code)?[:= ]+(?:4\d\d|5\d\d)\b|returned error: [45]\d\d"),
    (ERROR, r"[a-z]: Error: \S|^\s*[×✕] \S|^ {1,4}x [A-Z]|^\s*● |<<< (?:FAILURE|ERROR)!|^\s*\d+:\d+\s+[Ee]rror:?\s|^ERROR in "),
    (ERROR, r"(?i)\bexpected\b.{1,200}\b(?:but|to (?:be|have|equal|match|contain|include|throw)|got|received|found)\b"),
    # That something failed.
    (ERROR, r"^No files matching (?:the|')"),
    (WRAPPER, r"^Errors while running CTest|^ {0,4}[1-9]\d* failing$|^(?:#|ℹ) fail [1-9]\d*$|\b[Tt]here (?:are|were) (?:some )?(?:test failures|failing tests)\b|^Terminated(?:: 15)?$"),
    (WRAPPER, r"^Oops! Something went wrong! :\(|^Oops: |\b[1-9]\d* problems? \([1-9]\d* error"),
    (WRAPPER, r"\b(?:FAILED|FAIL|BUILD FAILURE|FAILURE)\b|✘|✖|✗|❌|\bnot ok\b|\b[Ff]ound [1-9]\d* (?:fatal )?(?:errors?|problems?|offenses?|violations?)\b|^would reformat "),
    (WRAPPER, r"^[\w.-]*make(?:\[\d+\])?: \*\*\* \[.*\] (?:Error \d+|[A-Z][a-z]+)\s*$"),
    (WRAPPER, r"(?i)\bexit(?:ed with)?(?: code| status)?:? [1-9]\d*\b|\bexited with (?:code )?[1-9]|returned (?:a )?non-zero"),
    (WRAPPER, r"(?i)\b(?:failed|failure|errored|aborted|crashed|killed)\b"),
    (HINT, r"(?i)\b(?:warn(?:ing)?|deprecated|retry(?:ing)?|error|exception)\b"),
)  # fmt: skip

INNOCENT = (
    r"(?i)\b(?:0|no|zero|without(?: any)?)(?: [a-z]+)? (?:serious|errors?|failures?|failed|problems?|issues?|violations?|offenses?|exceptions?)\b"
    r"|\b(?:errors?|failures?|failed|fail|skipped|critical|fatal|exceptions?)(?:\(s\))?[\"']?\s*[:=]\s*[\"']?(?:0\b|\[\]|\{\}|(?:false|null|none|nil|nan|inf|n/a)\b|<none>)"
    r"|\b(?:error|exception|failure)[-_ ]?(?:handlers?|handling|pages?|logs?|report(?:er|ing)?|codes|budget|rate|threshold|boundar(?:y|ies)|tracking|limit|prone)\b"
    r"|\b(?:error|exception|fail\w*)(?:[-_/.][\w.]+)+\.(?:js|ts|py|java|go|rs|rb|c|h|cpp|css|html|o|class|jar)\b"
    r"|\b(?:no such error|expected (?:error|failure|exception))\b|✖ \d+ problems? \(0 errors|\ballocation failure\b"
    r"|-Werror\S*|--?[\w-]*(?:log-?level|severity)[= ]\w+|--fail-[\w-]*|--no-fail[\w-]*|\bon[_-]?(?:error|failure|fail)\b|continue-on-error|(?:fail|abort|stop)_?(?:ci_)?(?:if|on)_?error|errorlevel|set -e"
    r"|-XX:\S+"
)
"""Words that sound like failures and are names, options or counts of none: a line is judged without them."""

GOT_OVER = (
    r"(?i)\bretry(?:ing)?\b.*\b(?:succeeded|ok|successful)|\b(?:succeeded|recovered) (?:after|on)\b"
    r"|, (?:loading|using|trying|falling back|switching)\b[^,;:]{1,80}\binstead\.?$"
    r"|\b(?:as expected|tolerated)\b|\(ignored\)\s*$|\.\.\.ignoring\s*$"
    r"|^\s*(?:\d+ )?(?:passed|✓|✔|√|ok \d+|PASS(?:ED)?)(?:[\s:]|$)|(?:\bPASSED|\.\.\. ok|: OK)\s*$"
    r"|^\[ +(?:RUN|OK|PASSED) +\]"
)
"""A line that says in the end that all is well."""

HARMLESS = (
    r"^\d+\s+\S+: No such file or directory\.$"  # gdb, of a frame whose source it has not
    r"|\) += -1 E[A-Z0-9]{2,15} \("  # calls of the system, as strace shows them
    r"|^error: called from$"  # the stack of Octave
    r"|^\w+Sanitizer can not provide additional info"  # below what it found
    r"|\] +#\d+ 0x[0-9a-f]+ in \S|^at [\w\\]+(?:->|::)\w+\("  # frames, each with the stamp of a logger; of Symfony
    r"|^\[\d{1,3}/\d{1,3}\] [A-Z]\w*(?:Error|Exception)$"  # the head of an exception of Symfony, whose message stands below
    r"|^\*\*\* (?:WARNING: Unable to verify|ERROR: (?:Symbol file could not be found|Module load completed but symbols))|^Unable to load image \S|^==\d+==WARNING: \w+Sanitizer failed to allocate"  # WinDbg, of symbols; of memory that the program may do without
    r"|^\[FAILED\]\s*$"  # a line of Listr, between those that say what
    r"|^Thread \d+ crashed with \S+ Thread State"  # of Apple's crash reports: registers
    r"|^SLF4J: Failed to load class \"org\.slf4j\.impl\.Static"  # it goes on without
    r"|^│ +│ +executed │ +failed │$"  # the head of Newman's table
    r"|/CMake(?:Scratch/TryCompile|Tmp/)|\bcmTC_[0-9a-f]{5}|^(?:Determining |Performing \S+ SOURCE FILE Test )[^\n]{1,200} failed with the following"
    r"|^ {1,10}(?:-\w,? )?(?:--[a-z][\w-]*(?:[ =][^\s,]+)?,? ?){1,3} {2,}\S"  # options, as a usage explains them
    r"|^-- (?:Performing Test|Looking for|Could NOT find|Check|Detecting|Found|Try|The )"  # CMake probing
    r"|^checking (?:for|whether|if|how|what|that)\b(?:[^.]|\.[^.])*(?:\.\.\.[^:]*)?$|\bconftest\b"  # configure probing
    r"|^configure: failed program was:|: fatal error: no input files$|unrecognized command-line option '-(?:V|version|qversion)'"
    r"|^==\d+== +(?:ERROR SUMMARY: 0 errors|in use at exit: )|^\s*FATAL EXCEPTION: |^siginfo: si_|^ *SIG[A-Z]+: .{0,200}mask="  # above and below what tells it
    r"|^\d+ error (?:Linux|Darwin|Windows_NT|argv|node|npm|code|errno|syscall|path|cwd|command|workspace|location|signal|If you need|A complete log|    |$)"  # npm's debug log
    r"|^(?:#\d+ (?:\d+\.\d+ )?)?(?:debconf|invoke-rc\.d|update-alternatives|dpkg-preconfigure): "  # apt in a container
    r"|^(?:\+{1,5} |\$ |\[command\]|\[Pipeline\])|^Stage .* skipped due to"  # commands as they are told, steps of Jenkins
    r"|^\[ *\d+\.\d+\] init: "  # of an image that boots
    r"|^(?:\d+\.\d+ )?npm (?:ERR!|error)\s+(?:A complete log of this run|(?:/|[A-Z]:[/\\])\S+\.log$)"  # where npm keeps its log
    r"|^\s*(?:echo|printf|Write-Host|Write-Error|die|core\.setFailed\() ?[\"']|\bthrow new [\w.]+\(|^\s*raise \w|(?:\|\||&&|;|\bthen|\belse) *\{? *(?:exit \d|echo [\"'])"  # code
    r"|^#\d+ \[[^\]]*\] |^(?:Step \d+/\d+ :| => \[)"  # steps of a Dockerfile
)
"""A whole line that only looks up, installs or announces."""

INERT = (
    r"^> exit \d+$|(?:\|\||&&|;|\bthen|\bdo|\{) *(?:exit|echo|printf|die|return|false|throw)\b|\becho [\"'].*[\"'];?$|^\s*(?:if|elif|while) [\[\"'(]|\btrap [\"']"
    r"|^\s+(?:Compiling|Checking|Downloaded|Downloading|Installing|Using|Fetching|Documenting|Fresh|Adding|Locking) [\w.-]+ v\d"
    r"|^\s*(?:Collecting|Using|Fetching|Installing|Unpacking|Setting up|Get:\d+|Selecting|Preparing to unpack|Requirement already) .*\d"
    r"|^[*|/\\ ]{0,12}[0-9a-f]{7,12} \S"  # git log --oneline
    r"|^(?:HEAD is now at |Commit message: |\s*(?:[*-] )?(?:[0-9a-f]{7,40} )?)(?i:fix(?:es|ed)?)[(:\s!][^.]*$"  # titles of commits
)
"""What only says ``failed`` or ``exit 1`` in code of a shell, as CI systems print it first, or in the name of a package."""

ECHO = (
    r"(?i)exit(?:ed|s)?(?: with)?(?: (?:status code|code|status|value))?:? '?-?[1-9]\d*\b|non-zero exit|returned a non-zero"
    r"|Failed to execute goal \S+:|BUILD (?:FAILURE|FAILED)|Build failed|marked build as failure|Finished: FAILURE"
    r"|There (?:are|were) (?:test failures|failing tests)|Execution failed for task|^[\w.-]*make(?:\[\d+\])?: \*\*\* (?:.*Error \d|\[.*\] [A-Z][a-z]+\s*$)"
    r"|\bld returned \d|process didn't exit successfully|could not compile `|error exitcode$|errors compiling module|intermediate artifacts can be found|build stopped: subcommand failed|\d dependenc(?:y|ies) of derivation|Sanitizer: reported \d"
    r"|did not (?:run|execute) successfully|completed unsuccessfully|^failed to run: |Encountered error while|recipe for target .* failed|Failed with result '|entered failed state|^FAILED: (?:\[code=\d+\] )?[\w.@/\\+-]+\s*$|ELIFECYCLE|Lifecycle script|Failed at the \S+ \S+ script|(?:check|see) the (?:build )?(?:logs?|output)\b|Test(?:s)? failed\.? +See above|^The command .* (?:failed|exited)|Job failed: (?:exit|command)|Command failed"
    r"|errors? (?:occurred|were found)\b.*(?:above|log)|Aborting\b"
    r"|^(?:\d+\.\d+ )?npm (?:ERR!|error)\s*(?:$|(?:in |at )?(?:code|errno|path|command|syscall|file|cwd|dest|argv|node|npm|workspace|location|signal|Linux|Darwin|Windows_NT)\b|not ok\b|Exit status|A complete log|Failed at|This is probably|Lifecycle|Usage|Options|\S+@\S+ [\w:-]+: |/|[A-Z]:[/\\])"
    r"|^(?:ERROR|EXCEPTION)_CODE: \((?:NTSTATUS|HRESULT)\)|^Failed to compile\.?$|^(?:Error: )?\w+ build failed with \d+ errors?:$|^\*\*\*Test Failed\*\*\* \d|^Oops! Something went wrong! :\(|\bdefinitely lost: [1-9]|^COMPILATION FAILED$|ResolutionImpossible: for help|^==\d+== ERROR SUMMARY: [1-9]|Error applying plan:$|\d error\(s\) occurred:|^ERROR: Unhandled python exception$|^\s*Failed to restore \S.{0,300} \(in [\d.,]+ \w+\)\.$|^[\W_]*FAILED TEST SUMMARY[\W_]*$|\btests? failed \(\d+/\d+ |^[✖✗×✘] [^:]*\.\.\.$|^Error: \S+ compilation failed$|^error during build:$|^Errors while running CTest|^ {0,4}\d+ failing$|^(?:#|ℹ) fail \d+$|^\[SEVERE\] Failed after \d"
    r"|Kernel panic - not syncing: (?:Fatal exception|(?:\w+: )?panic_on_\w+ set)|subprocess-exited-with-error|metadata-generation-failed|aborting due to \d*|^(?:error: |[\w.-]+: )?[Ff]ound [1-9]\d* (?:fatal )?(?:errors?|problems?|offenses?|violations?)\b"
)
"""Says only that something went wrong further up."""
