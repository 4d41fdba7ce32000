"""The pages and the routes; the only place that knows Gradio and FastAPI."""
