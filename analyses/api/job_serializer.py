"""The JSON of background work."""

from django.urls import reverse
from rest_framework import serializers

from analyses.models import Job, JobStatus


class JobSerializer(serializers.ModelSerializer):
    """One piece of background work: how far it is, and what came of it."""

    status = serializers.ChoiceField(JobStatus.choices, read_only=True)
    parameters = serializers.DictField(read_only=True)
    result = serializers.DictField(read_only=True)
    file = serializers.SerializerMethodField(help_text="Where the file is fetched; null where there is none.")

    class Meta:
        model = Job
        fields = [
            *("id", "project_id", "kind", "status", "parameters", "done", "total", "doing", "result"),
            *("error_message", "file", "filename", "content_type", "size"),
            *("created_at", "finished_at", "expires_at"),
        ]

    def get_file(self, job: Job) -> str | None:
        return reverse("read_job_file", args=[job.pk]) if job.has_file else None


class ListedJobSerializer(JobSerializer):
    """The same in a list, without its parameters: those may name ten thousand pictures."""

    class Meta(JobSerializer.Meta):
        fields = [name for name in JobSerializer.Meta.fields if name != "parameters"]
