"""`cdk synth` and `cdk deploy` start here; `python app.py` alone writes the templates to cdk.out, too."""

import sys

from vitrine_aws.choices import NotChosen, choices_of
from vitrine_aws.stacks import add_stacks, an_app

NAMES = (
    *("size", "account", "region", "domain", "edge_certificate", "certificate", "repository", "tag"),
    *("edge_function", "alarms_to", "email_url_secret", "replicate_to", "replicate_key"),
    *("archive_days", "deep_archive_days"),
)

if __name__ == "__main__":
    app = an_app()
    said = {name: value for name in NAMES if (value := app.node.try_get_context(name)) is not None}
    try:
        add_stacks(app, choices_of(said))
    except NotChosen as problem:
        sys.exit(str(problem))
    app.synth()
