"""The first thing that a newcomer opens."""

from luca_local.platform_process import PlatformProcess


async def test_the_root_page_shows_the_running_platform(platform: PlatformProcess) -> None:
    async with platform.client() as anybody:
        async with anybody.get("/", headers={"Accept-Language": "es-CL"}) as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
            page = await answer.text()
        async with anybody.get("/health") as answer:
            assert answer.status == 200
    assert '<html lang="es">' in page
    assert platform.record.client_id in page
    for account in platform.record.accounts:
        assert account.username in page


async def test_anybody_can_read_what_the_api_is(platform: PlatformProcess) -> None:
    async with platform.client() as anybody:
        async with anybody.get("/openapi.json") as answer:
            assert (answer.status, (await answer.json())["info"]["title"]) == (200, "Luca")
            tag = answer.headers["ETag"]
        async with anybody.get("/openapi.json", headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304
        async with anybody.get("/docs") as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
        async with anybody.get("/v1/me") as answer:
            assert answer.status == 401


async def test_every_metrics_address_answers(platform: PlatformProcess) -> None:
    async with platform.client() as anybody:
        for address in platform.record.metrics:
            async with anybody.get(address) as answer:
                assert "luca_" in await answer.text()
