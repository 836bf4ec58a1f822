"""Keys, sessions, answers, feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
    )
    op.create_table(
        "sessions",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(16), sa.ForeignKey("keys.id"), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.Column("index_version", sa.String(64), nullable=False),
        sa.Column("posts", sa.JSON, nullable=False),
        sa.Column("question", sa.Text),
        sa.Column("asked_by", sa.Text),
    )
    op.create_index("ix_answers_answered_at", "answers", ["answered_at"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("answer_id", sa.String(32), nullable=False),
        sa.Column("verdict", sa.String(5), nullable=False),
        sa.Column("department", sa.Text),
        sa.Column("position", sa.Text),
        sa.Column("comment", sa.Text),
        sa.Column("question", sa.Text),
        sa.Column("posts", sa.JSON, nullable=False),
        sa.Column("index_version", sa.String(64), nullable=False),
        sa.Column("given_by", sa.Text),
    )
    op.create_index("ix_feedback_answer_id", "feedback", ["answer_id"])
