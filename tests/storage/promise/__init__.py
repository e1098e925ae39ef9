"""What every BlobStore keeps. A store's own test file takes all of it with `import *` and gives `store`."""

from tests.storage.promise.content import *  # noqa: F403 -- each is a test of whoever imports it
from tests.storage.promise.names import *  # noqa: F403 -- the same
from tests.storage.promise.parts import *  # noqa: F403 -- the same
