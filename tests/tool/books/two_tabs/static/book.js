document.documentElement.dataset.book = "two-tabs";
