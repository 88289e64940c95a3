import GRDB

/// The tables, as a list of steps. A step that was released is never changed; what comes later is another step.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 jobs") { try $0.execute(sql: jobs) }
        migrator.registerMigration("1 accounts and sessions") { try $0.execute(sql: accountsAndSessions) }
        migrator.registerMigration("1 messages") { try $0.execute(sql: messages) }
        migrator.registerMigration("1 objects") { try $0.execute(sql: objects) }
        migrator.registerMigration("2 the way of a result") { try $0.execute(sql: results) }
        migrator.registerMigration("2 archives") { try $0.execute(sql: archives) }
        migrator.registerMigration("2 payments") { try $0.execute(sql: payments) }
        migrator.registerMigration("3 deletions") { try $0.execute(sql: deletions) }
        migrator.registerMigration("3 audit") { try $0.execute(sql: audit) }
        migrator.registerMigration("3 openid") { try $0.execute(sql: openID) }
        migrator.registerMigration("4 confirmed addresses") { try $0.execute(sql: confirmation) }
        migrator.registerMigration("5 job times") { try $0.execute(sql: jobTimes) }
        migrator.registerMigration("5 announcement") { try $0.execute(sql: announcement) }
        migrator.registerMigration("6 deployment") { try $0.execute(sql: deployment) }
        migrator.registerMigration("6 held messages") { try $0.execute(sql: heldMessages) }
        migrator.registerMigration("7 job states") { try $0.execute(sql: jobStates) }
        return migrator
    }

    /// Columns are named and typed as `JobAttribute` says. The partial indexes hold the few jobs that are under way.
    private static let jobs = """
        CREATE TABLE annotations (
            job_id TEXT NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL,
            input_file_name TEXT NOT NULL,
            s3_inputs_bucket TEXT NOT NULL,
            s3_key_input_file TEXT NOT NULL,
            submit_time INTEGER NOT NULL,
            job_status TEXT NOT NULL,
            s3_results_bucket TEXT,
            s3_key_result_file TEXT,
            s3_key_log_file TEXT,
            complete_time INTEGER,
            results_file_archive_id TEXT,
            input_size INTEGER NOT NULL,
            s3_key_summary_file TEXT,
            result_size INTEGER,
            result_state TEXT NOT NULL,
            start_time INTEGER,
            attempt INTEGER NOT NULL,
            releases INTEGER NOT NULL,
            lease_owner TEXT,
            lease_expires INTEGER,
            progress_records INTEGER,
            progress_bytes INTEGER,
            progress_total_bytes INTEGER,
            progress_seconds INTEGER,
            failure_reason TEXT,
            request_time INTEGER NOT NULL,
            notify_expires INTEGER,
            notify_time INTEGER
        ) STRICT;
        CREATE INDEX annotations_by_account ON annotations (user_id, submit_time DESC, job_id DESC);
        CREATE INDEX annotations_by_status ON annotations (user_id, job_status, submit_time DESC, job_id DESC);
        CREATE INDEX annotations_waiting ON annotations (submit_time, job_id) WHERE job_status = 'PENDING';
        CREATE INDEX annotations_requested ON annotations (request_time) WHERE job_status = 'PENDING';
        CREATE INDEX annotations_leased ON annotations (lease_expires) WHERE job_status = 'RUNNING';
        CREATE INDEX annotations_untold ON annotations (complete_time)
            WHERE notify_time IS NULL AND job_status IN ('COMPLETED', 'FAILED');
        """

    /// Sessions do not refer to accounts: these may be kept elsewhere.
    private static let accountsAndSessions = """
        CREATE TABLE accounts (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            email TEXT NOT NULL,
            institution TEXT NOT NULL,
            role TEXT NOT NULL,
            created INTEGER NOT NULL,
            password_hash TEXT
        ) STRICT;
        CREATE UNIQUE INDEX accounts_local_email ON accounts (email) WHERE password_hash IS NOT NULL;
        CREATE TABLE sessions (
            token_hash TEXT NOT NULL PRIMARY KEY,
            account_id TEXT NOT NULL,
            created INTEGER NOT NULL,
            last_seen INTEGER NOT NULL,
            csrf_token TEXT NOT NULL,
            user_agent TEXT NOT NULL
        ) STRICT;
        CREATE INDEX sessions_by_account ON sessions (account_id, last_seen DESC);
        CREATE INDEX sessions_by_last_seen ON sessions (last_seen);
        CREATE INDEX sessions_by_created ON sessions (created);
        """

    /// `due` is when a message may be received next; `AUTOINCREMENT`, so that a receipt never fits a later message.
    private static let messages = """
        CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            queue TEXT NOT NULL,
            message_id TEXT NOT NULL,
            body BLOB NOT NULL,
            sent INTEGER NOT NULL,
            due INTEGER NOT NULL,
            receive_count INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX messages_by_due ON messages (queue, due, id);
        """

    /// Whether a message that is not due is with a worker, or was put back.
    private static let heldMessages = """
        ALTER TABLE messages ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
        UPDATE messages SET held = 1 WHERE receive_count > 0;
        """

    /// What was complete before is looked at as if it had just become so. The partial indexes hold
    /// the few jobs and accounts for which something is owed.
    private static let results = """
        ALTER TABLE annotations ADD COLUMN result_move INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE annotations ADD COLUMN result_time INTEGER;
        ALTER TABLE annotations ADD COLUMN result_due INTEGER;
        ALTER TABLE annotations ADD COLUMN retrieval_id TEXT;
        ALTER TABLE annotations ADD COLUMN retrieval_tier TEXT;
        ALTER TABLE annotations ADD COLUMN retrieval_expected INTEGER;
        ALTER TABLE annotations ADD COLUMN restore_problem TEXT;
        ALTER TABLE annotations ADD COLUMN result_notice TEXT;
        ALTER TABLE annotations ADD COLUMN result_notice_expires INTEGER;
        UPDATE annotations SET result_time = complete_time, result_due = complete_time WHERE result_state = 'AVAILABLE';
        CREATE INDEX annotations_by_result ON annotations (user_id, result_state, submit_time DESC, job_id DESC);
        CREATE INDEX annotations_due ON annotations (result_due) WHERE result_due IS NOT NULL;
        CREATE INDEX annotations_notices ON annotations (result_notice_expires)
            WHERE result_notice_expires IS NOT NULL;
        ALTER TABLE accounts ADD COLUMN role_since INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE accounts ADD COLUMN role_unsettled INTEGER;
        UPDATE accounts SET role_since = created;
        CREATE INDEX accounts_unsettled ON accounts (role_since) WHERE role_unsettled IS NOT NULL;
        """

    /// SQLite compares text byte by byte, which is the order of keys that `ObjectStore` promises.
    private static let objects = """
        CREATE TABLE objects (
            bucket TEXT NOT NULL,
            key TEXT NOT NULL,
            blob TEXT NOT NULL UNIQUE,
            size INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            modified INTEGER NOT NULL,
            PRIMARY KEY (bucket, key)
        ) STRICT, WITHOUT ROWID;
        """

    /// Archives of equal content share one file, so `sha256` is looked up. A retrieval can be read from `ready` until
    /// `expires`.
    private static let archives = """
        CREATE TABLE archives (
            archive_id TEXT NOT NULL PRIMARY KEY,
            sha256 TEXT NOT NULL,
            size INTEGER NOT NULL,
            stored_size INTEGER NOT NULL,
            created INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX archives_by_content ON archives (sha256);
        CREATE TABLE retrievals (
            retrieval_id TEXT NOT NULL PRIMARY KEY,
            archive_id TEXT NOT NULL,
            tier TEXT NOT NULL,
            requested INTEGER NOT NULL,
            ready INTEGER NOT NULL,
            expires INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX retrievals_by_archive ON retrievals (archive_id);
        CREATE INDEX retrievals_by_tier ON retrievals (tier, requested);
        CREATE INDEX retrievals_by_expiry ON retrievals (expires);
        """

    private static let payments = """
        CREATE TABLE payment_customers (
            account_id TEXT NOT NULL PRIMARY KEY,
            customer_id TEXT NOT NULL,
            subscription_id TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE payment_events (
            event_id TEXT NOT NULL PRIMARY KEY,
            handled INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX payment_events_by_time ON payment_events (handled);
        """
}
