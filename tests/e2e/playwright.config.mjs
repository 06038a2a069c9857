// How the browser tests run: Debian's Chromium, three stacks at a time, evidence only of failures (build/browser-tests).
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

export default {
	testDir: here,
	testMatch: '*.spec.mjs',
	outputDir: path.join(here, '../../build/browser-tests'),
	reporter: [['list']],
	fullyParallel: true,
	forbidOnly: true,
	workers: 3,
	// What passes only the second time is named by the suite (tests/run.sh): a race, to be mended.
	retries: 1,
	timeout: 60_000,
	expect: { timeout: 15_000 },
	use: {
		viewport: { width: 1280, height: 1000 },
		locale: 'en-GB',
		contextOptions: { reducedMotion: 'reduce' },
		screenshot: 'only-on-failure',
		// What was on the page is kept as a screenshot and as text; TRACE=1 keeps each step, which costs a sixth more.
		trace: process.env.TRACE ? { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false } : 'off',
		launchOptions: {
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
			args: [
				...(os.userInfo().uid === 0 ? ['--no-sandbox'] : []),
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
				'--force-color-profile=srgb',
			],
		},
	},
};
