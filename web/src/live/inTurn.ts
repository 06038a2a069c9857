/** How long after a beginning the next one may come. */
const SPACING_MS = 250

/**
 * Makes calls of `task` take turns: one runs at a time, and all calls that come meanwhile share the one after it, which
 * begins when they have all come.
 */
export function inTurn(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | undefined
  let begunAt = -Infinity

  return () => {
    next ??= running.then(async () => {
      const early = begunAt + SPACING_MS - performance.now()
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
      begunAt = performance.now()
      const result = task()
      running = result.catch(() => undefined)
      next = undefined
      return result
    })
    return next
  }
}
