"""The debugging tool (接口调试工具): calls, signatures and notifications by hand, for console and control API alike."""
