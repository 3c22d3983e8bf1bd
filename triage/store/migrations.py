"""The schema, step by step. A released step is never changed; a change is a new step."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("triage")

_FIRST = (
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        digest TEXT NOT NULL UNIQUE,
        batch INTEGER NOT NULL,
        source TEXT NOT NULL,
        format TEXT NOT NULL,
        ingested_at TEXT NOT NULL,
        started TEXT,
        duration REAL,
        environment TEXT,
        workers INTEGER,
        tests INTEGER NOT NULL DEFAULT 0,
        passed INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        errors INTEGER NOT NULL DEFAULT 0,
        skipped INTEGER NOT NULL DEFAULT 0,
        xfailed INTEGER NOT NULL DEFAULT 0,
        xpassed INTEGER NOT NULL DEFAULT 0,
        flaky INTEGER NOT NULL DEFAULT 0,
        totals_from TEXT NOT NULL DEFAULT 'cases' CHECK (totals_from IN ('cases', 'report')),
        info TEXT NOT NULL DEFAULT '{}',
        warnings TEXT NOT NULL DEFAULT '[]'
    )""",
    """CREATE TABLE cases (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        test TEXT NOT NULL,
        name TEXT NOT NULL,
        suite TEXT NOT NULL DEFAULT '',
        file TEXT,
        line INTEGER,
        outcome TEXT NOT NULL,
        duration REAL,
        attempts INTEGER NOT NULL DEFAULT 1,
        output TEXT NOT NULL DEFAULT '',
        properties TEXT NOT NULL DEFAULT '[]'
    )""",
    "CREATE INDEX cases_run ON cases(run_id)",
    "CREATE INDEX cases_test ON cases(test)",
    "CREATE INDEX cases_name ON cases(name)",
    """CREATE TABLE clusters (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        template TEXT NOT NULL,
        rule TEXT,
        category TEXT NOT NULL DEFAULT '',
        verdict TEXT NOT NULL DEFAULT 'unknown',
        status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'investigating', 'resolved')),
        tests INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0,
        runs INTEGER NOT NULL DEFAULT 0,
        first_seen TEXT,
        last_seen TEXT,
        created_at TEXT NOT NULL
    )""",
    """CREATE TABLE signatures (
        id TEXT PRIMARY KEY,
        cluster_id TEXT NOT NULL REFERENCES clusters(id),
        template TEXT NOT NULL,
        hard TEXT NOT NULL,
        joined_by TEXT NOT NULL CHECK (joined_by IN ('rule', 'exact', 'similar')),
        score REAL NOT NULL DEFAULT 100,
        near TEXT
    )""",
    "CREATE INDEX signatures_cluster ON signatures(cluster_id)",
    "CREATE INDEX signatures_hard ON signatures(hard)",
    """CREATE TABLE failures (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        case_id INTEGER REFERENCES cases(id) ON DELETE CASCADE,
        signature_id TEXT NOT NULL REFERENCES signatures(id) DEFERRABLE INITIALLY DEFERRED,
        kind TEXT NOT NULL,
        type TEXT NOT NULL DEFAULT '',
        message TEXT NOT NULL DEFAULT '',
        trace TEXT NOT NULL DEFAULT '',
        file TEXT,
        line INTEGER,
        source_line INTEGER
    )""",
    "CREATE INDEX failures_run ON failures(run_id)",
    "CREATE INDEX failures_case ON failures(case_id)",
    "CREATE INDEX failures_signature ON failures(signature_id)",
    """CREATE TABLE tags (
        cluster_id TEXT NOT NULL REFERENCES clusters(id) ON DELETE CASCADE,
        tag TEXT NOT NULL,
        PRIMARY KEY (cluster_id, tag)
    ) WITHOUT ROWID""",
    """CREATE TABLE history (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        cluster_id TEXT NOT NULL REFERENCES clusters(id) ON DELETE CASCADE,
        field TEXT NOT NULL,
        old TEXT NOT NULL,
        new TEXT NOT NULL
    )""",
    "CREATE INDEX history_cluster ON history(cluster_id)",
    """CREATE TABLE investigations (
        id INTEGER PRIMARY KEY,
        cluster_id TEXT NOT NULL UNIQUE REFERENCES clusters(id) ON DELETE CASCADE,
        title TEXT NOT NULL,
        summary TEXT NOT NULL DEFAULT '',
        impact TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    )""",
    """CREATE TABLE whys (
        id INTEGER PRIMARY KEY,
        investigation_id INTEGER NOT NULL REFERENCES investigations(id) ON DELETE CASCADE,
        parent_id INTEGER REFERENCES whys(id) ON DELETE CASCADE,
        question TEXT NOT NULL,
        answer TEXT NOT NULL DEFAULT '',
        role TEXT NOT NULL DEFAULT '' CHECK (role IN ('', 'root_cause', 'contributing')),
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    )""",
    "CREATE INDEX whys_investigation ON whys(investigation_id)",
    "CREATE INDEX whys_parent ON whys(parent_id)",
    """CREATE TABLE evidence (
        id INTEGER PRIMARY KEY,
        investigation_id INTEGER NOT NULL REFERENCES investigations(id) ON DELETE CASCADE,
        why_id INTEGER REFERENCES whys(id) ON DELETE SET NULL,
        failure_id INTEGER REFERENCES failures(id) ON DELETE SET NULL,
        source TEXT NOT NULL DEFAULT '',
        line INTEGER,
        text TEXT NOT NULL,
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX evidence_investigation ON evidence(investigation_id)",
    "CREATE INDEX evidence_why ON evidence(why_id)",
    "CREATE INDEX evidence_failure ON evidence(failure_id)",
    """CREATE TABLE actions (
        id INTEGER PRIMARY KEY,
        investigation_id INTEGER NOT NULL REFERENCES investigations(id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        owner TEXT NOT NULL DEFAULT '',
        due TEXT NOT NULL DEFAULT '',
        done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX actions_investigation ON actions(investigation_id)",
)


@MIGRATIONS()
def m001_first(db: Database) -> None:
    for statement in _FIRST:
        db.conn.execute(statement)


@MIGRATIONS()
def m002_search(db: Database) -> None:
    for table, columns in (
        ("failures", ["type", "message", "trace"]),
        ("whys", ["question", "answer"]),
        ("evidence", ["text"]),
        ("actions", ["text"]),
    ):
        db[table].enable_fts(columns, create_triggers=True, tokenize="unicode61")  # type: ignore[union-attr]


@MIGRATIONS()
def m003_twins(db: Database) -> None:
    db.conn.execute("ALTER TABLE runs ADD COLUMN same_as INTEGER REFERENCES runs(id) ON DELETE SET NULL")
    db.conn.execute(
        "ALTER TABLE failures ADD COLUMN retold INTEGER NOT NULL DEFAULT 0 CHECK (retold IN (0, 1))"
    )
    db.conn.execute("CREATE INDEX runs_same_as ON runs(same_as)")
    db.conn.execute("CREATE INDEX runs_batch ON runs(batch, format, tests)")


@MIGRATIONS()
def m004_words(db: Database) -> None:
    """Signatures are placed by their words alone: nothing is compared any more."""
    db.conn.execute("DROP INDEX signatures_hard")
    db.conn.execute("ALTER TABLE signatures DROP COLUMN hard")


@MIGRATIONS()
def m005_moves(db: Database) -> None:
    """A signature knows where its words or its rule put it; people decide otherwise in ``moves``."""
    db.conn.execute("ALTER TABLE signatures ADD COLUMN home_id TEXT NOT NULL DEFAULT ''")
    db.conn.execute("UPDATE signatures SET home_id = cluster_id")
    db.conn.execute(
        """CREATE TABLE moves (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('merge', 'split', 'apart')),
            cluster_id TEXT NOT NULL,
            into_id TEXT NOT NULL,
            signature_id TEXT,
            notes INTEGER,
            undone_at TEXT
        )"""
    )


@MIGRATIONS()
def m006_lead(db: Database) -> None:
    """A failure of a log knows how many lines of its text led to it; until now its line was the first of these."""
    db.conn.execute("ALTER TABLE failures ADD COLUMN lead INTEGER NOT NULL DEFAULT 0 CHECK (lead >= 0)")


@MIGRATIONS()
def m007_covering(db: Database) -> None:
    """Counts of a cluster are read from an index, without its failures."""
    db.conn.execute("DROP INDEX failures_signature")
    db.conn.execute("CREATE INDEX failures_signature ON failures(signature_id, run_id, retold, case_id)")


@MIGRATIONS()
def m008_acts(db: Database) -> None:
    """One log of what people decide, in which every change knows its act; ``moves`` is part of it."""
    told = [
        (at, cluster, field, old, new, None if field == "status" else row, None)
        for row, at, cluster, field, old, new in db.conn.execute(
            "SELECT id, at, cluster_id, field, old, new FROM history WHERE field IN ('verdict', 'status', 'tag')"
        )
    ]
    for row, at, kind, cluster, into, signature, notes, undone_at in db.conn.execute(
        "SELECT id, at, kind, cluster_id, into_id, signature_id, notes, undone_at FROM moves"
    ):
        where = into if kind == "merge" else cluster
        old = signature if kind == "split" else cluster
        told.append((at, where, kind, old, into, -row, undone_at))
        if notes is not None:
            told.append((at, into, "notes", cluster, str(notes), -row, undone_at))
    db.conn.execute("DROP TABLE moves")
    db.conn.execute("DELETE FROM history")
    db.conn.execute("ALTER TABLE history ADD COLUMN act INTEGER")
    db.conn.execute("ALTER TABLE history ADD COLUMN undone_at TEXT")
    db.conn.execute("CREATE INDEX history_act ON history(act)")
    acts: dict[int, int] = {}
    for at, cluster, field, old, new, act, undone_at in sorted(told, key=lambda change: change[0]):
        number = None if act is None else acts.setdefault(act, len(acts) + 1)
        db.conn.execute(
            "INSERT INTO history (at, cluster_id, field, old, new, act, undone_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [at, cluster, field, old, new, number, undone_at],
        )


@MIGRATIONS()
def m009_place(db: Database) -> None:
    """Where the screen was left."""
    db.conn.execute("CREATE TABLE place (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")


@MIGRATIONS()
def m010_cluster_tests(db: Database) -> None:
    """Which tests a cluster blocks: to look for each failing test through all runs it was in took longer with every run."""
    db.conn.execute(
        """CREATE TABLE cluster_tests (
            cluster_id TEXT NOT NULL REFERENCES clusters(id) ON DELETE CASCADE,
            test TEXT NOT NULL,
            PRIMARY KEY (cluster_id, test)
        ) WITHOUT ROWID"""
    )
    db.conn.execute(
        "INSERT INTO cluster_tests SELECT DISTINCT s.cluster_id, c.test FROM failures f"
        " JOIN signatures s ON s.id = f.signature_id JOIN cases c ON c.id = f.case_id WHERE NOT f.retold"
    )


@MIGRATIONS()
def m011_filters(db: Database) -> None:
    """Filters that are kept under a name."""
    db.conn.execute("CREATE TABLE filters (name TEXT PRIMARY KEY, query TEXT NOT NULL) WITHOUT ROWID")


@MIGRATIONS()
def m012_owners(db: Database) -> None:
    """Who looks after a cluster; tests have tags of their own, and what was decided about them is remembered too."""
    db.conn.execute("ALTER TABLE clusters ADD COLUMN owner TEXT NOT NULL DEFAULT ''")
    db.conn.execute(
        "CREATE TABLE test_tags (test TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (test, tag)) WITHOUT ROWID"
    )
    # A column cannot be allowed to be empty later on: sqlite.org/lang_altertable.html#otheralter
    db.conn.execute("ALTER TABLE history RENAME TO history_before")
    db.conn.execute(
        """CREATE TABLE history (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            cluster_id TEXT REFERENCES clusters(id) ON DELETE CASCADE,
            test TEXT,
            field TEXT NOT NULL,
            old TEXT NOT NULL,
            new TEXT NOT NULL,
            act INTEGER,
            undone_at TEXT,
            CHECK ((cluster_id IS NULL) <> (test IS NULL))
        )"""
    )
    columns = "id, at, cluster_id, field, old, new, act, undone_at"
    db.conn.execute(f"INSERT INTO history ({columns}) SELECT {columns} FROM history_before")
    db.conn.execute("DROP TABLE history_before")
    db.conn.execute("CREATE INDEX history_cluster ON history(cluster_id)")
    db.conn.execute("CREATE INDEX history_act ON history(act)")


@MIGRATIONS()
def m013_raised(db: Database) -> None:
    """A signature knows which of the project's files raised it; those of older failures do when they are placed anew."""
    db.conn.execute("ALTER TABLE signatures ADD COLUMN raised TEXT NOT NULL DEFAULT ''")
