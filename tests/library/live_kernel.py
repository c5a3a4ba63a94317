"""Runs cells in a real kernel."""


def run_in_kernel(*cells):
    """The messages that a real kernel publishes while it runs cells, the last of them."""
    from jupyter_client.manager import start_new_kernel

    messages = []
    manager, client = start_new_kernel()
    try:
        for cell in cells:
            messages.clear()
            client.execute_interactive(cell, timeout=60, output_hook=messages.append)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return messages
