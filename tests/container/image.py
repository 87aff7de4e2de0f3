"""Building the image with buildah, and running it: no registry, no daemon, root in a chroot."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSIDE = Path(__file__).parent / "inside"
IN_IMAGE = Path(__file__).parent / "in-image"  # a program that is called as wiredesk is
BASE = "debian:13-slim"
USER = 10001
# What Debian's own slim image leaves out.
SLIM = ["path-exclude=/usr/share/doc/*", "path-include=/usr/share/doc/*/copyright", "path-exclude=/usr/share/man/*",
        "path-exclude=/usr/share/info/*", "path-exclude=/usr/share/locale/*", "path-exclude=/usr/share/groff/*",
        "path-exclude=/usr/share/lintian/*"]


def why_not():
    """What is missing for building an image here; None: nothing."""
    if os.geteuid() != 0:
        return "only root can, for it changes root and mounts"
    for tool in ("mmdebstrap", "buildah"):
        if not shutil.which(tool):
            return f"there is no {tool}; deploy/install container"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        return "no mount namespaces can be made"
    return None


class Image:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.container = None
        self.took = {}

    def buildah(self, *args, timeout=1800, check=True, **how):
        command = ["buildah", "--root", self.folder / "store", "--runroot", self.folder / "run", "--storage-driver", "vfs", *args]
        out = subprocess.run(command, capture_output=True, text=True, timeout=timeout, **how)
        with open(self.folder / "buildah.log", "a") as log:
            log.write(f"$ buildah {' '.join(map(str, args))}\n{out.stdout}{out.stderr}\n")
        assert not check or out.returncode == 0, f"buildah {args[0]} failed: {out.stdout[-3000:]}{out.stderr[-3000:]}"
        return out

    def build(self):
        self.remove()
        self.folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        self.make_base()
        self.took["base"] = time.monotonic() - began
        began = time.monotonic()
        revision = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True).stdout.strip()
        self.buildah("bud", "--isolation", "chroot", "--pull-never", "--format", "docker", "--ignorefile", "deploy/Dockerfile.dockerignore",
                     "-f", "deploy/Dockerfile", "--build-arg", f"COMMIT={revision}", "-t", "wiredesk", ".", cwd=ROOT)
        self.took["image"] = time.monotonic() - began
        self.container = self.buildah("from", "--pull-never", "wiredesk").stdout.strip()
        self.mount = Path(self.buildah("mount", self.container).stdout.strip())

    def make_base(self):
        """As `debian:13-slim`, from Debian's packages; kept from one run to the next."""
        tar = self.folder / "trixie.tar"
        if not tar.exists():
            options = [f"--dpkgopt={option}" for option in SLIM]
            made = self.folder / "trixie.part.tar"
            out = subprocess.run(["mmdebstrap", "--variant=minbase", "--quiet", *options, "trixie", made], capture_output=True, text=True, timeout=900)
            assert out.returncode == 0, f"mmdebstrap: {out.stderr[-3000:]}"
            made.rename(tar)
        name = self.buildah("from", "scratch").stdout.strip()
        self.buildah("add", "-q", name, tar, "/")
        self.buildah("commit", "-q", name, BASE)
        self.buildah("rm", name)

    def remove(self):
        """The store goes; the base's archive stays."""
        if (self.folder / "store").exists():
            self.buildah("rm", "--all", check=False)
            shutil.rmtree(self.folder / "store", ignore_errors=True)
            shutil.rmtree(self.folder / "run", ignore_errors=True)

    def config(self):
        return json.loads(self.buildah("inspect", "--type", "image", "wiredesk").stdout)

    def run(self, *command, volumes=(), **how):
        """By `buildah run`: as the image's own user, in the network of this host."""
        mounts = [word for volume in volumes for word in ("-v", volume)]
        return self.buildah("run", "--isolation", "chroot", *mounts, self.container, "--", *command, timeout=120, **how)

    def command(self, state, *command, volumes=()):
        """The words that run a command as a careful orchestrator does; see `inside`."""
        state = Path(state)
        state.mkdir(parents=True, exist_ok=True)
        os.chown(state, USER, USER)
        mounts = [word for volume in volumes for word in ("-v", volume)]
        return [str(INSIDE), str(self.mount), *mounts, str(state), "/usr/local/bin/wiredesk", *map(str, command)]
