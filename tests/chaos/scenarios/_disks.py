"""Small disks: file systems in memory, mounted for a scenario."""

import subprocess


def mount(chaos, folder, megabytes):
    """False: this user may not mount here. Unmounted at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "wiredesk-chaos", folder], capture_output=True, timeout=30)
    if done.returncode != 0:
        return False
    # Lazily: a process that is just ending may hold it for a moment.
    chaos.at_end(lambda: subprocess.run(["umount", "-l", folder], capture_output=True, timeout=30))
    return True


def remount(folder, option):
    subprocess.run(["mount", "-o", f"remount,{option}", folder], check=True, capture_output=True, timeout=30)


def fill(folder):
    """To the last byte; what is to be removed afterwards."""
    ballast = folder / "ballast"
    with open(ballast, "wb", buffering=0) as out:
        for size in (1 << 20, 4096, 1):
            try:
                while out.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return ballast
