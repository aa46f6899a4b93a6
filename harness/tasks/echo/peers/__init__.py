"""Inference of labels by packages of other authors, in a separate process each."""

from harness.tasks.echo.peers.sbi_peer import PeerPosterior, PeerRows, PeerSettings, sbi_posterior

__all__ = ["PeerPosterior", "PeerRows", "PeerSettings", "sbi_posterior"]
