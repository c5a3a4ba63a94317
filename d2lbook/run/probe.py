"""Says where and with what a notebook ran; its text is run in the kernel, after the last cell.

It therefore imports the standard library alone, runs on the Python of any tab, and looks at the
frameworks that the notebook has imported without importing any.
"""

import importlib.metadata
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

MIME = "application/vnd.d2lbook.probe+json"
FRAMEWORKS = ("torch", "tensorflow", "keras", "jax", "flax", "mxnet", "numpy")


def circumstances(declared):
    """Return what of a receipt only the kernel knows.

    Args:
        declared: names of the distributions whose versions are wanted.
    """
    gpu = gpu_name()
    system = (platform.system(), platform.machine(), *platform.libc_ver())
    return {
        "device": gpu or processor(),
        "driver": driver() if gpu else "",
        "versions": versions(declared),
        "peak_memory": peak_memory(),
        "threads": threads(),
        "platform": " ".join(filter(None, system)),
    }


def gpu_name():
    """Return the name of the first GPU that an imported framework sees; empty without one."""
    for name, ask in GPU_QUESTIONS.items():
        if framework := sys.modules.get(name):
            try:
                if gpu := ask(framework):
                    return gpu
            except Exception:  # a framework in no state to answer has used no GPU
                continue
    return ""


def torch_gpu(torch):
    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else ""


def tensorflow_gpu(tf):
    gpus = tf.config.list_physical_devices("GPU")
    return tf.config.experimental.get_device_details(gpus[0])["device_name"] if gpus else ""


def jax_gpu(jax):
    device = jax.devices()[0]
    return "" if device.platform == "cpu" else device.device_kind


def mxnet_gpu(mxnet):
    return query_gpu("name") if mxnet.context.num_gpus() else ""


GPU_QUESTIONS = {
    "torch": torch_gpu,
    "tensorflow": tensorflow_gpu,
    "jax": jax_gpu,
    "mxnet": mxnet_gpu,
}


def driver():
    """Return the version of NVIDIA's driver; empty where there is none."""
    return query_gpu("driver_version")


def query_gpu(field):
    """Ask nvidia-smi about the first GPU."""
    if not (tool := shutil.which("nvidia-smi")):
        return ""
    command = [tool, f"--query-gpu={field}", "--format=csv,noheader"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.partition("\n")[0].strip()


def processor():
    """Return the processor's model."""
    model = re.search(r"^model name\s*:\s*(.+)$", read("/proc/cpuinfo"), re.MULTILINE)
    name = model[1] if model else platform.processor() or platform.machine()
    return " ".join(name.split())


def versions(declared):
    """Return the versions of Python, of the wanted distributions and of imported frameworks."""
    found = {"python": platform.python_version()}
    for name in (*declared, "numpy", "d2l"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    for name in FRAMEWORKS:
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            found.setdefault(name, version)
    return found


def threads():
    """Return the number of CPU threads that the frameworks were told to use, or may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return int(os.environ.get("OMP_NUM_THREADS") or cores or 1)


def peak_memory():
    """Return the most memory that this process has held, in bytes."""
    if own := re.search(r"^VmHWM:\s*(\d+) kB", read("/proc/self/status"), re.MULTILINE):
        return int(own[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def read(path):
    """Return a text file's content; empty where it can't be read."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
