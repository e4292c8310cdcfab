"""Every sentence a person reads, in Chinese and English. WeChat's own texts are not translated."""
