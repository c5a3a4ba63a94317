"""What settings of Jupyter name: chapters as notebooks, and the environments of tabs as kernels."""

from d2lbook.live.jupyter import ChapterManager as ChapterManager
from d2lbook.live.jupyter import TabKernelSpecManager as TabKernelSpecManager
