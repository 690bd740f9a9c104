"""Places are as many as were said, are given in turn, and none is lost to somebody who went."""

import asyncio

from gateway.adapters.places import Places


def test_ceux_qui_attendent_passent_dans_leur_ordre_et_jamais_plus_que_de_places() -> None:
    async def derouler() -> list[int]:
        places, passes, ensemble = Places(2), [], 0

        async def passer(qui: int) -> None:
            nonlocal ensemble
            await places.attendre()
            ensemble += 1
            assert ensemble <= 2
            passes.append(qui)
            await asyncio.sleep(0)
            ensemble -= 1
            places.rendre()

        await asyncio.gather(*(passer(qui) for qui in range(20)))
        assert places.prendre() and places.prendre() and not places.prendre()
        return passes

    assert asyncio.run(derouler()) == list(range(20))


def test_celui_qui_part_en_attendant_ou_juste_apres_avoir_recu_ne_garde_pas_de_place() -> None:
    async def derouler() -> None:
        places = Places(1)
        assert places.prendre()
        parti, servi = (asyncio.create_task(places.attendre()) for _ in range(2))
        await asyncio.sleep(0)
        assert not places.prendre()
        parti.cancel()
        await asyncio.sleep(0)
        places.rendre()  # to the second one
        servi.cancel()  # who goes before it has noticed
        await asyncio.gather(parti, servi, return_exceptions=True)
        assert parti.cancelled() and servi.cancelled()
        assert places.prendre() and not places.prendre()

    asyncio.run(derouler())
