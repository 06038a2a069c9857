import { expect, it } from 'vitest'
import { WatchedRun } from './watchedRun'

function setUp(): { watched: WatchedRun; asked: (string | null)[]; missed: () => number } {
  const asked: (string | null)[] = []
  let missed = 0
  const watched = new WatchedRun({ ask: (run) => asked.push(run), onMissed: () => missed++ })
  return { watched, asked, missed: () => missed }
}

it('narrows a new connection to the wanted run, and misses nothing by it', () => {
  const { watched, asked, missed } = setUp()
  watched.want('a')
  watched.hello()
  watched.watched('a')
  watched.want('a')
  expect([asked, missed()]).toEqual([['a', 'a'], 0])
})

it('says that some may be missed when it changed from one run to another, once the feed tells of that', () => {
  const { watched, asked, missed } = setUp()
  watched.want('a')
  watched.watched('a')
  watched.want('b')
  watched.want('c')
  watched.watched('b')
  expect(missed()).toBe(0)
  watched.watched('c')
  expect([asked, missed()]).toEqual([['a', 'b', 'c'], 1])
})

it('hears of all as long as the feed does not know the run', () => {
  const { watched, asked, missed } = setUp()
  watched.want('a')
  watched.watched('a')
  watched.want('new')
  watched.refused()
  watched.watched(null)
  expect([asked, missed()]).toEqual([['a', 'new', null], 1])
  watched.runsChanged()
  watched.watched('new')
  watched.runsChanged()
  expect([asked.slice(3), missed()]).toEqual([['new'], 1])
})
