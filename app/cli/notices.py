"""``lvzhi notices``: the mail server and the SMS gateway tried out, and what waits sent by hand."""

from __future__ import annotations

import click
from flask import current_app
from sqlalchemy import func, select

from app.extensions import db
from app.kit import clock
from app.notices import sending
from app.notices.channels import open_channels
from app.notices.gateways import NotSent
from app.notices.models import NoticeDelivery
from app.notices.states import Channel, DeliveryState

NOT_SENT = 1


@click.group("notices")
def notices() -> None:
    """通知：试发邮件和短信，手工发送。"""


@notices.command("test")
@click.argument("address")
@click.pass_context
def test(context: click.Context, address: str) -> None:
    """给一个邮箱或手机号试发一条，检查设置是否正确。"""
    channel = Channel.EMAIL if "@" in address else Channel.SMS
    if channel not in open_channels():
        name = {Channel.EMAIL: "LVZHI_SMTP_URL", Channel.SMS: "LVZHI_SMS_GATEWAY"}[channel]
        raise click.UsageError(f"还没有设置 {name}，见 docs/operators.md。")
    number = int(clock.now().timestamp())
    try:
        sender = sending.sender_of(channel)
        try:
            sender.prepare()
            sender.send(number, address, "试发通知", "收到这一条，说明履职台账的发送设置可用。")
        finally:
            sender.close()
    except NotSent as error:
        click.echo(f"没有发出：{error}", err=True)
        context.exit(NOT_SENT)
    click.echo(f"已交给{channel.label}服务器，请到 {address} 查收。")


@notices.command("send")
@click.pass_context
def send(context: click.Context) -> None:
    """登记到期的通知并发送等待中的（后台任务进程每分钟自动做一次）。"""
    sending.go_round()
    waiting = select(func.count()).where(NoticeDelivery.state == DeliveryState.WAITING)
    left = db.session.scalar(waiting) or 0
    click.echo(f"还有 {left} 条等待发送。")
    if left and not any(current_app.config.get(key) for key in ("SMTP_URL", "SMS_GATEWAY")):
        click.echo("没有设置邮件服务器或短信网关，见 docs/operators.md。", err=True)


commands: list[click.Command] = [notices]
