"""An optional judge: a chat model that says whether answers are faithful, relevant and complete.

A judge errs; how far it agrees with people is measured on labelled examples (`agreement`).
"""

from evals.judge.judge import Judge, JudgeError, Judging, Material
from evals.judge.models import chat_model

__all__ = ["Judge", "JudgeError", "Judging", "Material", "chat_model"]
