"""What httpcore gets and gives: connections, pools of connections, and the bytes of a request's head."""
