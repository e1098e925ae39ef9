"""What S3 and the way to it can do wrong, in words that say what to change."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.exceptions import (
    ConnectionError as NoConnection,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from vitrine.errors import StoreFailed

_MISSING = {"404", "NoSuchKey", "NotFound"}
_BUCKET_MISSING = {"NoSuchBucket"}
_DENIED = {"403", "AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden"}
_BAD_CREDENTIALS = {
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired",
}  # fmt: skip
_PERMISSIONS = (
    "s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload, "
    "s3:ListMultipartUploadParts and s3:ListBucketMultipartUploads"
)


def code_of(error: ClientError) -> str:
    """S3's own word for it, or the status's number where a HEAD has no body to hold a word."""
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def says_missing(error: ClientError) -> bool:
    return code_of(error) in _MISSING


@contextmanager
def explained(bucket: str, place: str) -> Iterator[None]:
    """Anything boto3 raises becomes a StoreFailed. `place` is the endpoint, or a word for Amazon's own."""
    try:
        yield
    except ClientError as error:
        raise StoreFailed(_answer(error, bucket, place)) from error
    except (BotoCoreError, ResponseParserError, HTTPError, OSError, ValueError, KeyError) as error:
        raise StoreFailed(_no_answer(error, bucket, place)) from error


def bucket_missing(bucket: str, place: str) -> str:
    return (
        f"The bucket {bucket} (AWS_BUCKET_NAME) does not exist at {place}. Create it, or correct "
        "AWS_BUCKET_NAME, AWS_REGION or AWS_ENDPOINT_URL."
    )


def _answer(error: ClientError, bucket: str, place: str) -> str:
    code = code_of(error)
    doing = error.operation_name
    if code in _BUCKET_MISSING:
        return bucket_missing(bucket, place)
    if code in _DENIED:
        return (
            f"{place} denied {doing} on the bucket {bucket} (AWS_BUCKET_NAME). Allow the key or role "
            f"{_PERMISSIONS} on it."
        )
    if code in _BAD_CREDENTIALS:
        return (
            f"{place} does not accept the credentials ({code}). Check AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or the machine's role."
        )
    if code == "RequestTimeTooSkewed":
        return f"{place} finds this machine's clock wrong by more than 15 minutes. Set the clock."
    message = error.response.get("Error", {}).get("Message", "no reason given")
    return f"{place} failed {doing} on the bucket {bucket} (AWS_BUCKET_NAME): {code}, {message}. Try again."


def _no_answer(error: Exception, bucket: str, place: str) -> str:
    match error:
        case NoCredentialsError() | PartialCredentialsError():
            return (
                "No complete credentials for S3. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give "
                "the machine a role."
            )
        case ParamValidationError():
            return f"{bucket!r} (AWS_BUCKET_NAME) cannot be a bucket's name: {error}"
        case KeyError():
            return (
                f"{place} sent half an answer (without {error.args[0]}). Check the network; then try again."
            )
        case ResponseParserError():
            return f"{place} sent an answer that breaks off. Check the network; then try again."
        case NoConnection() | HTTPClientError() | HTTPError() | OSError():
            return (
                f"{place} did not answer ({type(error).__name__}: {error}). Check AWS_ENDPOINT_URL and "
                "the network; then try again."
            )
        case _:
            return f"S3 at {place} cannot be used ({error}). Check AWS_ENDPOINT_URL and AWS_REGION."
