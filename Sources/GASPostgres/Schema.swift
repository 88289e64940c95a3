/// The tables, by migration. They are those of `GASEmbedded` as these are now, with PostgreSQL's types. Text compares byte by byte
/// (`COLLATE "C"`), whatever the database's own order is; times are milliseconds since 1970.
enum Schema {
    /// Columns are named and typed as `JobAttribute` says. The partial indexes hold the few jobs that are under way.
    static let jobs = """
        CREATE TABLE annotations (
            job_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            user_id TEXT COLLATE "C" NOT NULL,
            input_file_name TEXT NOT NULL,
            s3_inputs_bucket TEXT NOT NULL,
            s3_key_input_file TEXT NOT NULL,
            submit_time BIGINT NOT NULL,
            job_status TEXT COLLATE "C" NOT NULL,
            s3_results_bucket TEXT,
            s3_key_result_file TEXT,
            s3_key_log_file TEXT,
            complete_time BIGINT,
            results_file_archive_id TEXT,
            input_size BIGINT NOT NULL,
            s3_key_summary_file TEXT,
            result_size BIGINT,
            result_state TEXT COLLATE "C" NOT NULL,
            start_time BIGINT,
            attempt BIGINT NOT NULL,
            releases BIGINT NOT NULL,
            lease_owner TEXT,
            lease_expires BIGINT,
            progress_records BIGINT,
            progress_bytes BIGINT,
            progress_total_bytes BIGINT,
            progress_seconds BIGINT,
            failure_reason TEXT,
            request_time BIGINT NOT NULL,
            notify_expires BIGINT,
            notify_time BIGINT,
            result_move BIGINT NOT NULL DEFAULT 0,
            result_time BIGINT,
            result_due BIGINT,
            retrieval_id TEXT,
            retrieval_tier TEXT,
            retrieval_expected BIGINT,
            restore_problem TEXT,
            result_notice TEXT,
            result_notice_expires BIGINT
        );
        CREATE INDEX annotations_by_account ON annotations (user_id, submit_time DESC, job_id DESC);
        CREATE INDEX annotations_by_status ON annotations (user_id, job_status, submit_time DESC, job_id DESC);
        CREATE INDEX annotations_by_result ON annotations (user_id, result_state, submit_time DESC, job_id DESC);
        CREATE INDEX annotations_waiting ON annotations (submit_time, job_id) WHERE job_status = 'PENDING';
        CREATE INDEX annotations_requested ON annotations (request_time) WHERE job_status = 'PENDING';
        CREATE INDEX annotations_leased ON annotations (lease_expires) WHERE job_status = 'RUNNING';
        CREATE INDEX annotations_untold ON annotations (complete_time)
            WHERE notify_time IS NULL AND job_status IN ('COMPLETED', 'FAILED');
        CREATE INDEX annotations_due ON annotations (result_due) WHERE result_due IS NOT NULL;
        CREATE INDEX annotations_notices ON annotations (result_notice_expires)
            WHERE result_notice_expires IS NOT NULL;
        """

    /// Neither sessions nor jobs refer to accounts: these may be kept elsewhere. An account of an identity provider is found
    /// by issuer and subject, which are set both or neither.
    static let accountsAndSessions = """
        CREATE TABLE accounts (
            id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            email TEXT COLLATE "C" NOT NULL,
            institution TEXT NOT NULL,
            role TEXT NOT NULL,
            role_since BIGINT NOT NULL,
            role_is_settled BOOLEAN NOT NULL DEFAULT true,
            created BIGINT NOT NULL,
            issuer TEXT COLLATE "C",
            subject TEXT COLLATE "C",
            password_hash TEXT,
            CHECK ((issuer IS NULL) = (subject IS NULL))
        );
        CREATE UNIQUE INDEX accounts_local_email ON accounts (email) WHERE password_hash IS NOT NULL;
        CREATE UNIQUE INDEX accounts_by_identity ON accounts (issuer, subject) WHERE issuer IS NOT NULL;
        CREATE INDEX accounts_by_age ON accounts (created DESC, id DESC);
        CREATE INDEX accounts_unsettled ON accounts (role_since) WHERE NOT role_is_settled;
        CREATE TABLE deletions (
            account_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            begun BIGINT NOT NULL
        );
        CREATE TABLE sessions (
            token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            account_id TEXT COLLATE "C" NOT NULL,
            created BIGINT NOT NULL,
            last_seen BIGINT NOT NULL,
            csrf_token TEXT NOT NULL,
            user_agent TEXT NOT NULL,
            sealed_tokens TEXT
        );
        CREATE INDEX sessions_by_account ON sessions (account_id, last_seen DESC);
        CREATE INDEX sessions_by_last_seen ON sessions (last_seen);
        CREATE INDEX sessions_by_created ON sessions (created);
        CREATE TABLE tickets (
            token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            purpose TEXT NOT NULL,
            account_id TEXT COLLATE "C",
            content TEXT NOT NULL,
            expires BIGINT NOT NULL
        );
        CREATE INDEX tickets_by_expiry ON tickets (expires);
        CREATE INDEX tickets_by_account ON tickets (account_id) WHERE account_id IS NOT NULL;
        """

    /// `due` is when a message may be received next. An id is never given again, so that a receipt never fits a later message.
    /// Rows come and go: the table is vacuumed sooner than others.
    static let messages = """
        CREATE TABLE messages (
            id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            queue TEXT COLLATE "C" NOT NULL,
            message_id TEXT NOT NULL,
            body BYTEA NOT NULL,
            sent BIGINT NOT NULL,
            due BIGINT NOT NULL,
            receive_count BIGINT NOT NULL DEFAULT 0
        ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
        CREATE INDEX messages_by_due ON messages (queue, due, id);
        """

    static let payments = """
        CREATE TABLE payment_customers (
            account_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            customer_id TEXT NOT NULL,
            subscription_id TEXT NOT NULL
        );
        CREATE TABLE payment_events (
            event_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            handled BIGINT NOT NULL
        );
        CREATE INDEX payment_events_by_time ON payment_events (handled);
        """
}
