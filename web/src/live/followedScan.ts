// The images of one run as a page has them: a scan, and what the feed told since. Shows at any moment what a fresh scan
// would show, but for the order of the images, and for values: one that no image has any more keeps its place.

import type { Dimension, Image, Scan } from '@/api/types'
import { CHECKPOINT } from '@/domain/roles'
import { compareTexts, sortLike, sortValues } from '@/domain/valueOrder'
import type { ImageAdded } from './messages'

/** A scan with the run it is of. */
export interface RunScan extends Scan {
  readonly run: string
}

/** Names the cell that an image stands for, whatever the order of its dimensions. */
function cellOf(dimensions: Image['dimensions']): string {
  const names = Object.keys(dimensions)
  for (let at = 1; at < names.length; at++) {
    if ((names[at - 1] ?? '') > (names[at] ?? '')) {
      names.sort()
      break
    }
  }
  let cell = ''
  for (const name of names) cell += `${name}\0${dimensions[name] ?? ''}\0`
  return cell
}

function isSameDimension(a: Dimension, b: Dimension): boolean {
  return a.type === b.type && a.values.length === b.values.length && a.values.every((value, at) => value === b.values[at])
}

function isSameImage(a: Image, b: Image): boolean {
  return a.version === b.version && cellOf(a.dimensions) === cellOf(b.dimensions)
}

interface Places {
  readonly byPath: Map<string, number>
  readonly byCell: Map<string, number>
}

/** What a message did: a new picture in a cell, another in place of one, one less, or nothing that was not known. */
export type Outcome = 'added' | 'replaced' | 'removed' | 'nothing'

export class FollowedScan {
  #scan: RunScan
  /** The images of `#scan` with the changes since; a copy once there are any. */
  #images: Image[]
  #isChanged = false
  /** Where the images are, by path and by cell; made when first asked for. */
  #places: Places | undefined
  /** Values that came, by dimension. */
  readonly #come = new Map<string, Set<string>>()
  /**
   * By path: the version that a message has superseded. The server answers a scan from its cache while no directory has
   * changed, and a file rewritten in place changes none: what was superseded is not believed again.
   */
  readonly #superseded = new Map<string, string>()

  constructor(scan: RunScan) {
    this.#scan = scan
    this.#images = scan.images
  }

  get run(): string {
    return this.#scan.run
  }

  /** The state that was last published. */
  get scan(): RunScan {
    return this.#scan
  }

  get isChanged(): boolean {
    return this.#isChanged
  }

  /** Checkpoints that have come and are not among these. */
  lacks(checkpoints: readonly string[]): boolean {
    const come = this.#come.get(CHECKPOINT)
    return come !== undefined && [...come].some((value) => !checkpoints.includes(value))
  }

  /** The image at a path, as last told. */
  imageAt(path: string): Image | undefined {
    const at = this.#find().byPath.get(path)
    return at === undefined ? undefined : this.#images[at]
  }

  add({ path, dimensions, version }: ImageAdded): Outcome {
    const { byPath, byCell } = this.#find()
    const image: Image = { relative_path: path, dimensions: { ...dimensions }, version }
    const cell = cellOf(dimensions)
    const known = this.imageAt(path)
    // The name of a file can come to mean another cell, when its checkpoint is counted otherwise.
    const isElsewhere = known !== undefined && cellOf(known.dimensions) !== cell
    if (isElsewhere) this.remove(path)
    if (isElsewhere && known.version !== version) this.#superseded.set(path, known.version)
    const at = byCell.get(cell)
    const before = at === undefined ? undefined : this.#images[at]
    if (before?.relative_path === path && before.version === version) return 'nothing'
    this.#change()
    if (at === undefined || before === undefined) {
      this.#put(this.#images.length, image, cell)
      this.#learn(dimensions)
      return isElsewhere ? 'replaced' : 'added'
    }
    if (before.relative_path === path) this.#superseded.set(path, before.version)
    else byPath.delete(before.relative_path)
    this.#put(at, image, cell)
    return 'replaced'
  }

  remove(path: string): Outcome {
    const { byPath, byCell } = this.#find()
    const at = byPath.get(path)
    const image = at === undefined ? undefined : this.#images[at]
    if (at === undefined || !image) return 'nothing'
    this.#change()
    byPath.delete(path)
    byCell.delete(cellOf(image.dimensions))
    // The last one takes its place: all others stay where they are.
    const last = this.#images.pop()
    if (last && last !== image) this.#put(at, last, cellOf(last.dimensions))
    return 'removed'
  }

  /** All changes so far as a new scan. `checkpoints` are the values of the run's checkpoints in training order. */
  publish(checkpoints: readonly string[]): RunScan {
    if (!this.#isChanged) return this.#scan
    this.#isChanged = false
    const dimensions = this.#withCome(this.#scan.dimensions, checkpoints)
    this.#scan = { ...this.#scan, images: this.#images, dimensions }
    return this.#scan
  }

  /**
   * Takes over a scan of the same run that was read later; what has not changed stays the same object, so that nothing is
   * drawn anew. `keepValues`: values without an image keep their place, for nobody asked for this scan. Returns the paths of
   * those that are new or another version.
   */
  merge(read: Scan, checkpoints: readonly string[], keepValues: boolean): string[] {
    const { byPath } = this.#find()
    const come: string[] = []
    const images = read.images.map((image) => {
      const at = byPath.get(image.relative_path)
      const known = at === undefined ? undefined : this.#images[at]
      const isStale = this.#superseded.get(image.relative_path) === image.version
      if (known && (isStale || isSameImage(known, image))) return known
      come.push(image.relative_path)
      return image
    })
    let dimensions = read.dimensions
    if (keepValues) {
      for (const { name, values } of this.#scan.dimensions) this.#learnAll(name, values)
      dimensions = this.#withCome(dimensions, checkpoints)
    }
    this.#come.clear()
    const before = new Map(this.#scan.dimensions.map((dimension) => [dimension.name, dimension]))
    dimensions = dimensions.map((dimension) => {
      const known = before.get(dimension.name)
      return known && isSameDimension(known, dimension) ? known : dimension
    })
    this.#scan = { ...read, run: this.#scan.run, images, dimensions }
    this.#images = images
    this.#isChanged = false
    this.#places = undefined
    return come
  }

  #find(): Places {
    if (!this.#places) {
      const byPath = new Map<string, number>()
      const byCell = new Map<string, number>()
      this.#images.forEach((image, at) => {
        byPath.set(image.relative_path, at)
        byCell.set(cellOf(image.dimensions), at)
      })
      this.#places = { byPath, byCell }
    }
    return this.#places
  }

  /** What is published is never changed. */
  #change(): void {
    if (this.#isChanged) return
    this.#images = [...this.#images]
    this.#isChanged = true
  }

  #put(at: number, image: Image, cell: string): void {
    const { byPath, byCell } = this.#find()
    this.#images[at] = image
    byPath.set(image.relative_path, at)
    byCell.set(cell, at)
  }

  #learn(dimensions: Image['dimensions']): void {
    for (const [name, value] of Object.entries(dimensions)) this.#learnAll(name, [value])
  }

  #learnAll(name: string, values: readonly string[]): void {
    const come = this.#come.get(name) ?? new Set()
    for (const value of values) come.add(value)
    this.#come.set(name, come)
  }

  /** Those dimensions with the values that came; in the server's order, of names as of values. */
  #withCome(dimensions: readonly Dimension[], checkpoints: readonly string[]): Dimension[] {
    const result = new Map(dimensions.map((dimension) => [dimension.name, dimension]))
    for (const [name, come] of this.#come) {
      const known = result.get(name)
      const union = new Set([...(known?.values ?? []), ...come])
      if (union.size === known?.values.length) continue
      result.set(name, { name, ...(name === CHECKPOINT ? sortLike(union, checkpoints) : sortValues(union)) })
    }
    this.#come.clear()
    return [...result.values()].sort((a, b) => compareTexts(a.name, b.name))
  }
}
