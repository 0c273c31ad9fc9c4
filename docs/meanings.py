"""What each variable is, in one line: the class that reads it, then the variable.

A test finds every variable here that a class reads, and no other.
"""

from collections.abc import Mapping

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "shared.settings": {
        "KAFKA_URL": "the brokers, `host:port`, comma-separated",
        "MONGO_URL": "the database, a replica set",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "where spans go, OTLP over HTTP; nothing: nowhere",
        "MOTCUA_DATABASE": "the name of the database",
        "MOTCUA_LANES": "the partitions of every topic: **fixed for ever** once topics exist",
        "MOTCUA_HOST": "the address that the service listens at",
        "MOTCUA_PORT": "its port; 0: any that is free",
        "MOTCUA_SECRETS": "the file with keys and secrets",
        "MOTCUA_SAMPLE_RATIO": "the share of applications whose spans are exported",
        "MOTCUA_FAILPOINT": "**for tests alone**: `shared/failpoints.py`",
        "MOTCUA_SESSION_S": "without a sign of life for so long, the group goes on without it",
        "MOTCUA_POLL_LIMIT_S": "alive and without progress for so long: the same",
        "MOTCUA_CLOCK_OFFSET_S": "**for tests alone**: how far this process's clock is off",
        "MOTCUA_LOG_LEVEL": "from which level on the log tells",
        "MOTCUA_CATALOGUE": "the folder of reference data",
        "MOTCUA_CATALOGUE_LOOK_S": "how often that folder is looked at for another edition",
    },
    "shared.kafka.security": {
        "MOTCUA_KAFKA_PROTOCOL": "how to speak to the broker",
        "MOTCUA_KAFKA_MECHANISM": "how to show who it is, with a protocol that begins with `SASL`",
        "MOTCUA_KAFKA_USER": "the account; needed with `SASL`",
        "MOTCUA_KAFKA_PASSWORD_FILE": "a file with its password; needed with `SASL`",
        "MOTCUA_KAFKA_CA_FILE": "the authority of the brokers' certificates; nothing: the system's",
    },
    "services.intake.settings": {
        "MOTCUA_STATUS_PAGE": "the citizens' status page, with which the links on receipts begin",
        "MOTCUA_DUPLICATES_REFUSED": "procedures of which a likely duplicate is refused",
        "MOTCUA_FORMS": "a folder of forms in the place of ours",
        "MOTCUA_CONTACTS": "a file of the units' hotlines and addresses in the place of ours",
    },
    "services.routing.settings": {
        "MOTCUA_RULES": "a file of routing rules in the place of ours",
    },
    "services.intake.attachments.settings": {
        "MOTCUA_ATTACHMENTS_ELSEWHERE": 'portals whose files lie elsewhere; `["*"]`: all',
        "MOTCUA_ATTACHMENTS_LIMITS": "a file of limits in the place of ours",
        "MOTCUA_ATTACHMENTS_OPEN_UPLOADS": "uploads that a portal may have on their way at once",
        "MOTCUA_ATTACHMENTS_OPEN_BYTES": "the same in bytes, all together",
        "MOTCUA_ATTACHMENTS_CLAMD": "`tcp://host:port` or `unix:///path`; nothing: not scanned",
        "MOTCUA_ATTACHMENTS_SWEEP_EVERY_S": "how often what has expired is swept",
        "MOTCUA_ATTACHMENTS_BUCKET_URL": "an S3-compatible store; nothing: GridFS",
        "MOTCUA_ATTACHMENTS_BUCKET_NAME": "the bucket; needed with an address",
        "MOTCUA_ATTACHMENTS_BUCKET_REGION": "its region",
        "MOTCUA_ATTACHMENTS_BUCKET_KEY": "a JSON file with its keys; needed with an address",
    },
    "services.payment.settings": {
        "MOTCUA_PARTNERS": "the file of banks and intermediaries",
        "MOTCUA_BANK_URL": "where partners without an address are, each under its name",
        "MOTCUA_BANK_PAGE_URL": "the same as citizens reach it; nothing: as above",
        "MOTCUA_PAYMENT_URL": "where citizens come back to",
        "MOTCUA_PAYMENT_LIFETIME_S": "how long an order may be paid",
        "MOTCUA_PAYMENT_ASK_AFTER_S": "when the bank is asked of an open order, the last for ever",
        "MOTCUA_PAYMENT_ASK_LIMIT": "how often it is asked of one order",
        "MOTCUA_PAYMENT_ATTEMPT_LIMIT": "how many orders one obligation may have",
        "MOTCUA_PAYMENT_EARLY_S": "how long money waits for its order",
        "MOTCUA_PAYMENT_GRACE_S": "how long after its expiry an order may still be heard of whose "
        "partner cannot be asked",
        "MOTCUA_PAYMENT_CHECK_OVER_VND": "above it a second person has to agree to a refund",
        "MOTCUA_PAYMENT_CALL_LIMIT_S": "how long a call to the bank may last",
    },
    "services.payment.webhooks.settings": {
        "MOTCUA_WEBHOOK_PORTS": "the ports at which banks are told by webhook",
        "MOTCUA_WEBHOOK_LOOPBACK": "**for a sandbox alone**: banks on this machine are told, also "
        "by http and at any port",
        "MOTCUA_WEBHOOK_CALL_LIMIT_S": "how long a call of a webhook may last",
    },
    "services.notify.settings": {
        "MOTCUA_SMS_URL": "the SMS gateway of providers without an address",
        "MOTCUA_PUSH_URL": "the same of the app",
        "MOTCUA_SMTP_URL": "the same of the mail server",
        "MOTCUA_STATUS_PAGE": "the citizens' status page, as it stands on receipts",
        "MOTCUA_PROVIDERS": "the file of who carries notices",
        "MOTCUA_PROVIDERS_CLEAR": "**for a sandbox alone**: providers on other machines, too, "
        "without encryption",
        "MOTCUA_NOTICE_LIMIT_S": "how long a call to one may last whose row does not say it",
        "MOTCUA_NOTICE_RETRY_AFTER_S": "when what could not be sent is sent again",
        "MOTCUA_NOTICE_ASK_AFTER_S": "when it is asked what became of a call without an answer; "
        "each longer than a call may last",
        "MOTCUA_NOTICE_TEMPLATES": "a file of texts in the place of ours",
        "MOTCUA_NOTICE_JITTER": "by which share of itself a wait may be longer",
        "MOTCUA_NOTICE_FAILOVER_AFTER_S": "when another provider is asked, where one stands by",
        "MOTCUA_NOTICE_QUIET": "hours in Viet Nam in which only what is urgent goes out, "
        "`21:00-07:00`; nothing: none",
        "MOTCUA_NOTICE_JOIN_S": "for how long a channel gathers what is not urgent in one message",
        "MOTCUA_NOTICE_UNITS": "a file with the e-mail addresses of units, by code",
        "MOTCUA_NOTICE_DAILY_CAP": "how many messages that are not urgent an address gets in a day "
        "in Viet Nam; 0: any number",
        "MOTCUA_NOTICE_SILENT": "milestones of which nobody is told",
    },
    "services.operations.settings": {
        "MOTCUA_OPERATIONS_REPLICAS": "copies of what the live tables keep on Kafka",
        "MOTCUA_OPERATIONS_FORMS": "where a citizen's browser asks notify for official forms, from "
        "the status page; nothing: the page offers none",
        "MOTCUA_OPERATIONS_INTAKE": "where intake answers operations, that asks whose applications "
        "are whose",
        "MOTCUA_OPERATIONS_CONSOLE": "where operators' browsers reach the console: links in what "
        "[alarms](alarms.md) tell lead there",
        "MOTCUA_OPERATIONS_REBUILDS": "read the edition that does not serve, and answer nothing: "
        "`motcua rebuild` sets it for its own process",
        "MOTCUA_OPERATIONS_PATIENCE_S": "by cause, after how many seconds of waiting it is stuck, "
        "where that is not to be as `domain/causes.py` has it; what a law names stays the latest",
        "MOTCUA_OPERATIONS_SANDBOX": "of a demonstration alone: where its sandbox answers, "
        "on this machine, by name; the console has a page then that makes them fail",
        "MOTCUA_OPERATIONS_PER_SECOND": "commands a second that rounds send, of all together",
        "MOTCUA_OPERATIONS_THRESHOLDS": "a file of thresholds of [indicators](indicators.md) in "
        "the place of ours",
    },
    "deploy.local.settings": {
        "MOTCUA_HOME": "the folder of data, logs and secrets",
        "MOTCUA_LANES": "as above; fewer than a service would take",
        "MOTCUA_REPLICAS": "copies of each new topic; 3 where it matters",
        "KAFKA_URL": "brokers that run already; nothing: one is started",
        "MONGO_URL": "a database that runs already; nothing: one is started",
        "MOTCUA_KAFKA_PORT": "port of Kafka",
        "MOTCUA_CONTROLLER_PORT": "port of Kafka's controller",
        "MOTCUA_MONGO_PORT": "port of MongoDB",
        "MOTCUA_INTAKE_PORT": "port of intake",
        "MOTCUA_ROUTING_PORT": "port of routing",
        "MOTCUA_PAYMENT_PORT": "port of payment",
        "MOTCUA_NOTIFY_PORT": "port of notify",
        "MOTCUA_OPERATIONS_PORT": "port of operations",
        "MOTCUA_BANK_PORT": "port of the sandbox bank",
        "MOTCUA_SMS_PORT": "port of the sandbox SMS gateway",
        "MOTCUA_INBOX_PORT": "port of the devices of the sandbox's citizens",
        "MOTCUA_INBOX_SMTP_PORT": "port of their mail server",
        "MOTCUA_TOWN_PORT": "port of the people who act in a demonstration that is left running",
        "MOTCUA_OPERATIONS_URL": "where operators' commands ask; nothing: the local system",
        "MOTCUA_OPERATOR_KEY": "the key that they show, whoever has it; nothing: a local one",
    },
}
