"""What is wrong with the sandbox itself, for whom it concerns."""

from collections.abc import Mapping

from sandbox.core.health import Ailment, Trouble
from sandbox.core.text import Lang, Text

AILMENTS: Mapping[Ailment, Text] = {
    Ailment.DATABASE_GONE: Text(
        "数据库文件 {where} 被删除、移走或替换了。放回原来的文件即可恢复；否则请重启沙箱，从现有的文件重新开始。",
        "The database {where} was deleted, moved or replaced. Put the same file back, or restart the sandbox to begin "
        "with what is there now.",
    ),
    Ailment.DATABASE_TAKEN: Text(
        "数据库 {where} 不再属于这个沙箱：另一个沙箱打开了它，或者文件换成了别的内容。请停掉其中一个，需要时重启。",
        "The database {where} is no longer this sandbox's: another one has opened it, or its file was overwritten. "
        "Stop one of the two, and restart the other if need be.",
    ),
    Ailment.DATABASE_DAMAGED: Text(
        "数据库 {where} 已损坏（{detail}）。请停止沙箱，恢复备份，或把它移走、从空库开始。",
        "The database {where} is damaged ({detail}). Stop the sandbox, then put a copy back, or move the file away to "
        "begin with an empty one.",
    ),
    Ailment.DATABASE_READ_ONLY: Text(
        "数据库 {where} 不能写入（{detail}）。恢复写权限后自动恢复。",
        "The database {where} cannot be written ({detail}). It works again once it may be.",
    ),
    Ailment.DATABASE_BUSY: Text(
        "另一个程序占住了数据库 {where}（{detail}）。它放开后自动恢复。",
        "Another program holds the database {where} ({detail}). It works again once that lets go.",
    ),
    Ailment.DATABASE_UNREACHABLE: Text(
        "数据库 {where} 读写失败（{detail}）。能访问后自动恢复。",
        "The database {where} can be neither read nor written ({detail}). It works again once it can be reached.",
    ),
    Ailment.DATABASE_RESTARTING: Text(
        "数据库 {where} 正在启动或关闭（{detail}）。启动后自动恢复。",
        "The database {where} is starting up or shutting down ({detail}). It works again once it is up.",
    ),
    Ailment.DATABASE_CROWDED: Text(
        "数据库 {where} 的连接数已满（{detail}）。有空位后自动恢复；请调大 max_connections，或减少沙箱进程。",
        "The database {where} takes no more connections ({detail}). It works again once one is free; raise "
        "max_connections, or run fewer sandboxes.",
    ),
    Ailment.DATABASE_DENIED: Text(
        "数据库 {where} 拒绝了沙箱（{detail}）。用户、密码、库名和权限改对后自动恢复。",
        "The database {where} does not let the sandbox in ({detail}). It works again once user, password, name and "
        "privileges are right.",
    ),
    Ailment.DATABASE_EXHAUSTED: Text(
        "数据库 {where} 的内存或其他资源用尽了（{detail}）。有余量后自动恢复。",
        "The database {where} has run out of memory or of another resource ({detail}). It works again once there is "
        "some.",
    ),
    Ailment.DATABASE_SLOW: Text(
        "数据库 {where} 没有及时响应（{detail}）。恢复响应后自动恢复。",
        "The database {where} does not answer in time ({detail}). It works again once it does.",
    ),
    Ailment.DISK_FULL: Text(
        "磁盘满了，数据库 {where} 存不下新内容（{detail}）。腾出空间后自动恢复。",
        "The disk is full: the database {where} has no room ({detail}). It works again once there is some.",
    ),
    Ailment.DISK_STUCK: Text(
        "磁盘没有反应：写入数据库 {where} 已经等了 {detail} 秒。",
        "The disk does not answer: a write to the database {where} has waited for {detail} s.",
    ),
    Ailment.DELIVERIES_STOPPED: Text(
        "通知和定时任务停了，重启沙箱后会补上。",
        "Notifications and timed acts have stopped; they are made up for after a restart.",
    ),
}


def told(trouble: Trouble, lang: Lang) -> str:
    """What is wrong, as a sentence."""
    return AILMENTS[trouble.what].say(lang, where=trouble.where, detail=trouble.detail)
