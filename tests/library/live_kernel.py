"""Runs a cell in a real kernel."""


def run_in_kernel(cell):
    """The messages that a real kernel publishes while it runs a cell."""
    from jupyter_client.manager import start_new_kernel

    messages = []
    manager, client = start_new_kernel()
    try:
        client.execute_interactive(cell, timeout=60, output_hook=messages.append)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return messages
