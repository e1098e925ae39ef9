"""Every metric, in one table: `docs/metrics.md` is made of it, and nothing else is counted.

Times are seconds. A route is as `docs/permissions.md` writes it.
"""

from vitrine.metrics.kinds import Counter, Gauge, Histogram, Metric, forget_when_forked

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 90.0, 120.0, 300.0, 600.0, 1800.0)
_LONG = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0)

# --- Requests --------------------------------------------------------------------------------------------------------

REQUESTS = Histogram(
    "vitrine_http_request_duration_seconds",
    "Requests, until the first byte of the answer could go; `route` is `(static)` for static files and `(none)` for "
    "addresses that are none.",
    ("method", "route", "status"),
    bounds=_QUICK,
)
READ_CACHE = Counter(
    "vitrine_product_read_total",
    "Reads of one product: `unchanged` was a 304, `kept` came from Redis, `made` had to be made anew, `long` went the "
    "long way (refusals, sessions, keys).",
    ("answer",),
)
LIMITS_HIT = Counter(
    "vitrine_limit_hit_total",
    "Requests, and events of a product, over a limit, by the limit's kind: see docs/backend.md; `login` for passwords "
    "that were tried too often.",
    ("kind",),
)

# --- Jobs ------------------------------------------------------------------------------------------------------------

JOBS = Histogram(
    "vitrine_job_duration_seconds",
    "Attempts at jobs, from claim to end: `done`, `refused` (the model's fault), `put-back` (tried again later), "
    "`failed`, `lost` (another worker has it), `died` (its worker died too often; counted with 0 seconds).",
    ("recipe", "outcome"),
    bounds=_SLOW,
)
STEPS = Histogram(
    "vitrine_job_step_duration_seconds",
    "Steps of jobs, `done` or `failed`.",
    ("step", "outcome"),
    bounds=_SLOW,
)
JOB_WAIT = Histogram(
    "vitrine_job_wait_duration_seconds",
    "From when a job was queued until a worker first took it up.",
    ("recipe",),
    bounds=_SLOW,
)
READY = Histogram(
    "vitrine_upload_ready_duration_seconds",
    "From when a file was in until its job was done, all waiting and all attempts included.",
    ("recipe",),
    bounds=_SLOW,
)
DOORBELL_UNHEARD = Counter(
    "vitrine_doorbell_unheard_total",
    "Jobs that no worker could be told of at once; they start some leases later.",
)
WORKER_ROUNDS = Counter(
    "vitrine_worker_rounds_total",
    "Rounds in which workers took up what was stranded: without them none lives.",
)
WORKER_ROUNDS_FAILED = Counter(
    "vitrine_worker_rounds_failed_total",
    "Parts of such rounds that failed; the worker's log says why.",
    ("round",),
)
JOBS_GIVEN_UP = Counter(
    "vitrine_job_given_up_total",
    "Jobs that were given up because their worker died too often (`died` above). Told as 0 before the first, so that "
    "the first is seen.",
)
QUEUE_DEPTH = Gauge(
    "vitrine_queue_jobs", "Jobs that wait (`queued`) or are being cooked (`processing`).", ("state",)
)
QUEUE_AGE = Gauge("vitrine_queue_oldest_age_seconds", "How long the job that has waited longest has waited.")

# --- What we stand on ------------------------------------------------------------------------------------------------

DATABASE_CALLS = Histogram(
    "vitrine_database_call_duration_seconds",
    "Statements of web servers and workers, by their first word.",
    ("operation", "outcome"),
    bounds=_QUICK,
)
STORE_CALLS = Histogram(
    "vitrine_store_call_duration_seconds",
    "Calls of the file store: `ok`, `missing` (no such file) or `failed`. Opening a file is timed until its first "
    "bytes may be read.",
    ("operation", "outcome"),
    bounds=_QUICK,
)
PART_UP = Gauge("vitrine_part_up", "1 where a part of /health/ready does its work, else 0.", ("part",))
DISK_FREE = Gauge(
    "vitrine_disk_free_bytes", "What is free where DATA_DIR lies; told where it keeps anything."
)
DISK_SIZE = Gauge("vitrine_disk_size_bytes", "How large the disk is where DATA_DIR lies.")
BUILD = Gauge("vitrine_build_info", "1, with the version that answers.", ("version",))

# --- What is told ----------------------------------------------------------------------------------------------------

WEBHOOKS = Histogram(
    "vitrine_webhook_attempt_duration_seconds",
    "Webhooks sent: `delivered`, `refused` (another status than 2xx) or `unreachable`.",
    ("outcome",),
    bounds=_QUICK,
)
WEBHOOKS_WAITING = Gauge("vitrine_webhook_waiting", "Deliveries that were not delivered yet nor given up.")
WEBHOOKS_OVERDUE = Gauge(
    "vitrine_webhook_overdue_seconds",
    "How long the delivery that is due longest should have been sent already.",
)
EVENTS = Counter(
    "vitrine_viewer_events_total",
    "Events that viewers told: `accepted` and `corrected` are stored, `dropped` are not. `corrected` have a time that "
    "nobody can have meant (`time`), which no percentile sees. Dropped for: `malformed` (their batch was refused), "
    "`unpublished` (as is what was never there), `flood` (a product that is told of too often), `repeated` (their "
    "batch was stored before), `unwanted` (the browser's wish not to be counted came with it).",
    ("outcome", "reason"),
)
EVENT_LAG = Histogram(
    "vitrine_viewer_event_lag_seconds",
    "From when something happened in a viewer until it was told here.",
    bounds=_LONG,
)
ROLLUP_LAG = Gauge(
    "vitrine_rollup_lag_seconds",
    "How far the numbers of `/numbers` are behind: how long ago the first event happened that they do not hold yet.",
)

METRICS: tuple[Metric, ...] = tuple(one for one in list(globals().values()) if isinstance(one, Metric))
GAUGES: tuple[Metric, ...] = tuple(one for one in METRICS if isinstance(one, Gauge))
forget_when_forked(METRICS)
