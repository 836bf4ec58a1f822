"""What the service keeps: keys, sessions, answers, feedback. The only package that imports SQLAlchemy and Alembic."""
