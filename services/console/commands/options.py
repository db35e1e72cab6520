"""What several commands are given."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", help="Data folder of the embedded deployment. 数据目录。")]
Json = Annotated[bool, typer.Option("--json", help="Facts as JSON. 输出 JSON。")]
Code = Annotated[str, typer.Argument(help="The campaign's code. 活动代码。")]
Campaign = Annotated[str, typer.Option(help="The campaign's code. 活动代码。")]
By = Annotated[str, typer.Option(help="Whose name the versions bear. 记在谁名下。")]
