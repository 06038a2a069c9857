// What this browser remembers. localStorage may be missing, full or forbidden: then nothing is remembered.

const PREFIX = 'checkpoint-sampler.'

export function recall(key: string): unknown {
  try {
    const text = localStorage.getItem(PREFIX + key)
    return text === null ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

export function remember(key: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + key)
    else localStorage.setItem(PREFIX + key, JSON.stringify(value))
  } catch {
    // Not being able to remember is no reason to stop.
  }
}

export function recallString(key: string): string | undefined {
  const value = recall(key)
  return typeof value === 'string' ? value : undefined
}

export function recallBoolean(key: string): boolean | undefined {
  const value = recall(key)
  return typeof value === 'boolean' ? value : undefined
}

export function recallNumber(key: string): number | undefined {
  const value = recall(key)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
