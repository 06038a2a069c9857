// Generated from docs/openapi.yaml by `npm run generate`; do not edit.

export interface paths {
    "/api/checkpoints/{filename}/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a checkpoint's header says about its training
         * @description The `__metadata__` of the `.safetensors` header: `ss_*` keys under `metadata`, all others under
         *     `other`. Both are empty when the file has none. Only the header is read.
         */
        get: operations["getCheckpointMetadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/comfyui/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what ComfyUI has to choose from
         * @description The names in ComfyUI's order, to be sent back to it as they are (on Windows with backslashes). A list is
         *     kept for half a minute; `refresh` asks again.
         */
        get: operations["listComfyuiModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/comfyui/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can ComfyUI be reached?
         * @description Asks ComfyUI, or tells what it answered a moment ago. That it cannot be reached is no error of this call.
         */
        get: operations["getComfyuiStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/images/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An image file
         * @description The file's own bytes, served by the web server itself. Append `?v=<version>` from the scan: the answer
         *     may be kept for a year. Only `.png`, `.jpg`, `.jpeg` and `.webp` files are served, and symbolic links
         *     below the sample directory are not followed; anything else is 404 or 403.
         */
        get: operations["getImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/images/{path}/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The text inside an image file
         * @description The PNG's text chunks (`tEXt`, `zTXt`, `iTXt`) by keyword, unchanged: ComfyUI writes its graph as
         *     JSON under `prompt` and `workflow`, other programs write `parameters`. The JSON is passed on as text, so
         *     64-bit seeds keep every digit. Of several chunks with one keyword the first is given. `{}` when the file has none, and for JPEG and WebP.
         */
        get: operations["getImageMetadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/presets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the presets
         * @description All presets, sorted by name without regard to case.
         */
        get: operations["listPresets"];
        put?: never;
        /** Create a preset */
        post: operations["createPreset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/presets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The preset's id.
                 * @example 0b6e2f3c-8d0a-4c59-9d63-0f6b0c9d8b1e
                 */
                id: string;
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Replace a preset
         * @description Replaces name and mapping as a whole; `id` and `created_at` stay. Renaming is a PUT with another name
         *     and the mapping unchanged. The body may be a preset as it was received: `id`, `created_at`
         *     and `updated_at` in it are ignored.
         */
        put: operations["updatePreset"];
        post?: never;
        /** Delete a preset */
        delete: operations["deletePreset"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/previews/{width}/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A smaller version of an image
         * @description The image at `width` pixels, upright, made when it is first asked for and then kept: a JPEG, or a WebP
         *     if something in it is transparent. It is never larger than the image itself: one that is narrower than
         *     `width` keeps its size. One more than four times as tall as it is wide is made to fit 4 × `width` in height.
         *     Colours are as a browser shows the image: an embedded RGB or grey profile (up to 64 KiB) is passed on, a
         *     PNG's `gAMA` is applied, the orientation in a JPEG's or PNG's EXIF is applied. Of an animation it is the
         *     first picture.
         *
         *     Append `?v=<version>` from the scan: the answer may then be kept for a year. Without it, or with one that
         *     the image no longer has, the answer is the image as it is now, with `Cache-Control: no-cache`.
         *     The original file is never touched. That an image cannot be decoded is remembered until the file changes.
         */
        get: operations["getPreview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sample-jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the sample jobs
         * @description All sample jobs, the newest first; those that run or are paused with their `progress`.
         */
        get: operations["listSampleJobs"];
        put?: never;
        /**
         * Launch a sample job
         * @description Makes one item for each checkpoint and combination of the preset's values; the job starts by itself, after
         *     the jobs launched before it. Checkpoints are rendered in training order, so that each model is loaded once.
         *     The job keeps the preset's values and the template as they are now.
         *
         *     `existing` says what becomes of images that are there already. They are made by the same recipe when all
         *     of this is equal: the image's own values, prompt texts and size, VAE, CLIP and shift, the template's bytes, and
         *     the checkpoint's path, size and modification time.
         *
         *     | `existing` | made by the same recipe | made otherwise |
         *     |---|---|---|
         *     | `skip` | counts as completed | is skipped with `code: exists_other_recipe` |
         *     | `update` | counts as completed | is rendered anew |
         *     | `replace` | is rendered anew | is rendered anew |
         *
         *     A job is refused when the preset iterates over a value that the template does not honour, or several
         *     checkpoints meet a template that loads none of them: equal pictures would get different names.
         */
        post: operations["createSampleJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sample-jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample job's id.
                 * @example 9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
                 */
                id: components["parameters"]["SampleJobId"];
            };
            cookie?: never;
        };
        /** A sample job and how far it is */
        get: operations["getSampleJob"];
        put?: never;
        post?: never;
        /**
         * Delete a sample job
         * @description In any state. What ComfyUI still renders for it is interrupted. Images that were made stay.
         */
        delete: operations["deleteSampleJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sample-jobs/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample job's id.
                 * @example 9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
                 */
                id: components["parameters"]["SampleJobId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a sample job
         * @description Allowed when it is paused or failed: it is pending again and goes on with its first unfinished item.
         */
        post: operations["resumeSampleJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sample-jobs/{id}/retry-failed": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample job's id.
                 * @example 9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
                 */
                id: components["parameters"]["SampleJobId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try the failed and skipped items again
         * @description Allowed when it is completed, failed or paused and has failed or skipped items: those are pending again,
         *     and so is the job.
         */
        post: operations["retrySampleJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sample-jobs/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample job's id.
                 * @example 9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
                 */
                id: components["parameters"]["SampleJobId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a sample job
         * @description Allowed while it is pending (it is paused at once) or running (it is `stopping`, and paused once the image in
         *     work is saved).
         */
        post: operations["stopSampleJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sample-jobs/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What launching a sample job would do
         * @description Takes what a launch takes and stores nothing. `errors` has what a launch would be refused for; a body with
         *     faults is refused here as there. `warnings` has what ComfyUI would refuse, checked against what it says of the
         *     workflow's nodes: names that are in none of its lists, the workflow's own included, and numbers out of range.
         *     What it says is kept for half a minute; `refresh` asks again.
         */
        post: operations["previewSampleJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sample-presets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the sample presets
         * @description All sample presets, sorted by name without regard to case.
         */
        get: operations["listSamplePresets"];
        put?: never;
        /** Create a sample preset */
        post: operations["createSamplePreset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sample-presets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample preset's id.
                 * @example 4f0b6e2e-5a8d-4c61-8a0d-2d9b0c7e1f36
                 */
                id: string;
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Replace a sample preset
         * @description Replaces all of it but `id` and `created_at`. The body may be a sample preset as it was received: what the
         *     service sets is ignored. Jobs keep the values that they were made with.
         */
        put: operations["updateSamplePreset"];
        post?: never;
        /**
         * Delete a sample preset
         * @description Jobs that were made with it keep their copy of its values and go on.
         */
        delete: operations["deleteSamplePreset"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a user interface should know before anything else
         * @description The version, whether demonstration data is shown, whether images can be generated, and what the
         *     person in front of it should know about the configuration: warnings, and what the listing of the
         *     checkpoint directories left out.
         */
        get: operations["getSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/training-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the training runs
         * @description All training runs found under the checkpoint directories, sorted by name. A run is the group of
         *     `.safetensors` files in one directory that share a base name once step and epoch suffixes are taken off.
         *     `has_samples` filters the list and never changes an id.
         */
        get: operations["listTrainingRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/training-runs/{id}/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The images and dimensions of a run
         * @description Reads the sample directories of the run's checkpoints. Each image is given once, with the values of
         *     its dimensions; of several files for the same values (batch counters) only the newest is given.
         *     An image that lacks a dimension has no entry for it. `dimensions` has every dimension with all its
         *     values in order; `checkpoint`, taken from the checkpoint's file name, is in training order.
         *
         *     Files that cannot be used are in `skipped` with the reason: at most 1,000 of them, `skipped_count`
         *     counts all.
         */
        get: operations["scanTrainingRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the workflow templates
         * @description Every `*.json` of `workflow_dir`, sorted by name: ComfyUI graphs in API format whose nodes are tagged with
         *     roles. One that cannot be used is listed with what is wrong and how to mend it. ComfyUI is not asked, and
         *     need not be configured. `503` if the directory cannot be read.
         */
        get: operations["listWorkflows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a workflow template */
        get: operations["getWorkflow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The live feed, a WebSocket
         * @description New, replaced and removed images, checkpoints that come and go, the progress of jobs: text frames of
         *     one JSON object each, with a `type`. OpenAPI has no words for the messages of a WebSocket;
         *     `docs/feed.md` describes each of them. 64 connections are served at once; the next one is answered 429.
         */
        get: operations["follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the service well?
         * @description `503` only when the database cannot be used (or, from the web server, when the way to the program
         *     behind it fails). A missing directory is `200` with `"status": "degraded"`: the service runs and heals
         *     by itself when, say, a network drive comes back. The web server answers `502` or `504` when this
         *     program is gone.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The file's bytes. */
        Bytes: unknown;
        Checkpoint: {
            /** @description The file's name, which is also the name of its sample directory. */
            filename: string;
            /** @description The checkpoint's sample directory exists. */
            has_samples: boolean;
            /** @description The step, or the epoch where the name has no step; `null` when the name has neither. */
            step_number: number | null;
            /** @description This checkpoint's value in the `checkpoint` dimension, unique in its run. */
            value: string;
        };
        CheckpointMetadata: {
            /** @description The keys that begin with `ss_`. */
            metadata: {
                [key: string]: string;
            };
            /** @description All other keys. */
            other: {
                [key: string]: string;
            };
        };
        ComfyuiModels: {
            models: string[];
        };
        ComfyuiStatus: {
            checked_at?: components["schemas"]["Time"];
            /** @description It answers. */
            connected: boolean;
            /** @description The configuration names a ComfyUI. */
            enabled: boolean;
            /** @description A sentence for the user, why it cannot be reached and what to do; only when it cannot. */
            error?: string;
            /** @description ComfyUI's own version, or `unknown`; only when connected. */
            version?: string;
        };
        Dimension: {
            /** @description `checkpoint`, or a key of the image file names. */
            name: string;
            /**
             * @description `int` when all values are integers, `number` when all are decimal numbers, else `string`. Says
             *     how the values are sorted; the values themselves are always text.
             * @enum {string}
             */
            type: "int" | "number" | "string";
            /** @description In order; strings in natural order (`p2` before `p10`), `checkpoint` in training order. */
            values: string[];
        };
        DimensionName: string;
        /**
         * @description What becomes of images that are there already; see the launch of a job.
         * @default skip
         * @enum {string}
         */
        ExistingImages: "skip" | "update" | "replace";
        /**
         * @description How a dimension without a role is filtered: `hide` shows no filter and includes every value, `single`
         *     lets one value be chosen, `multi` several.
         * @enum {string}
         */
        FilterMode: "hide" | "single" | "multi";
        /** @description How many groups the list of details leaves out; absent where it has them all. */
        GroupsLeftOut: number;
        Health: {
            /**
             * @description Each part by name (`database`, `sample_dir`, `checkpoint_dirs`, `feed`, …): `ok` or, in words, what
             *     is wrong with it.
             */
            checks: {
                checkpoint_dirs: string;
                /** @description What the worker last knew of ComfyUI; a note, which degrades nothing. */
                comfyui?: string;
                database: string;
                /** @description The live feed at `/api/ws`. */
                feed: string;
                sample_dir: string;
                /** @description That changes are looked for in turn, for want of inotify watches; a note, which degrades nothing. */
                watch?: string;
                /** @description What renders sample jobs; only where ComfyUI is configured. */
                worker?: string;
            } & {
                [key: string]: string;
            };
            /**
             * @description `degraded`: at least one check is not ok, ComfyUI aside.
             * @enum {string}
             */
            status: "ok" | "degraded";
            version: string;
        };
        Image: {
            /** @description The image's value in each dimension, by the dimension's name. */
            dimensions: {
                [key: string]: string;
            };
            /** @description Within the sample directory, raw. */
            relative_path: string;
            /** @description Changes when the file is replaced. Append it to the image's URL as `?v=`. */
            version: string;
        };
        ImageMetadata: {
            /** @description The text chunks by keyword. */
            metadata: {
                [key: string]: string;
            };
        };
        /** @description Grouped by checkpoint and message; the first 100 groups. */
        ItemDetails: {
            checkpoint_filename: string;
            /** @description A stable word, such as `exists_other_recipe`. */
            code?: string;
            count: number;
            /** @description What ComfyUI said of one of them in full, such as its traceback. Once for each message, of the first 10. */
            error_details?: string;
            error_message: string;
        }[];
        JobProgress: {
            /** @description Checkpoints all of whose images are completed. */
            checkpoints_completed: number;
            /** @description The file name of the checkpoint in work. */
            current_checkpoint?: string;
            /** @description Its images completed. */
            current_checkpoint_progress?: number;
            current_checkpoint_total?: number;
            current_item?: {
                cfg: number;
                prompt_name: string;
                sampler_name: string;
                scheduler: string;
                seed: components["schemas"]["Seed"];
                /** @description The sampler's step. */
                step?: number;
                step_total?: number;
                steps: number;
            };
            estimated_completion_time?: components["schemas"]["Time"];
            /** @description As measured of late. */
            seconds_per_image?: number;
            /** @description Only while it runs; falls with each of the sampler's steps. */
            seconds_remaining?: number;
            total_checkpoints: number;
        };
        /** @description Why the job makes no headway although it runs or is queued; it goes on by itself. Without a worker every such job waits for one. */
        JobWaiting: {
            reason: string;
            since: components["schemas"]["Time"];
        };
        NewSampleJob: {
            /** @description Of this run's checkpoints; absent, all of them. */
            checkpoint_filenames?: string[] | null;
            /** @description As `vae`, for `clip_loader`. */
            clip?: string | null;
            existing?: components["schemas"]["ExistingImages"];
            sample_preset_id: string;
            /** @description As `vae`, for `shift`. With at most 6 decimal places. */
            shift?: number | null;
            /** @description The `name` of a training run. */
            training_run_name: string;
            /** @description The VAE as ComfyUI lists it; absent: the template's own. Refused where the template has no `vae_loader`. */
            vae?: string | null;
            /** @description The name of a workflow template, with `.json`. */
            workflow_name: string;
        };
        NodeIds: string[];
        /** @description White space at both ends is taken off, control characters are refused. */
        ParameterName: string;
        Preset: {
            created_at: components["schemas"]["Time"];
            id: string;
            mapping: components["schemas"]["PresetMapping"];
            name: components["schemas"]["PresetName"];
            updated_at: components["schemas"]["Time"];
        };
        PresetInput: {
            /** @description Ignored. */
            created_at?: string;
            /** @description Ignored. */
            id?: string;
            mapping: components["schemas"]["PresetMappingInput"];
            name: components["schemas"]["PresetName"];
            /** @description Ignored. */
            updated_at?: string;
        };
        /**
         * @description Which dimension has which role, and how the others are filtered. The dimensions are named, not checked
         *     against any run: a preset may be applied to runs that lack some of them. `x`, `y` and `slider` are
         *     different from each other.
         */
        PresetMapping: {
            /** @description The dimensions without a role whose mode is not `hide`. */
            combos: components["schemas"]["DimensionName"][];
            /** @description The filter mode by dimension. */
            filter_modes?: {
                [key: string]: components["schemas"]["FilterMode"];
            };
            slider?: components["schemas"]["DimensionName"];
            x?: components["schemas"]["DimensionName"];
            y?: components["schemas"]["DimensionName"];
        };
        /**
         * @description As `PresetMapping`; `combos` may be left out. Where both speak of a dimension, its mode in
         *     `filter_modes` wins; one that is only in `combos` gets the mode `multi`.
         */
        PresetMappingInput: {
            combos?: components["schemas"]["DimensionName"][];
            filter_modes?: {
                [key: string]: components["schemas"]["FilterMode"];
            };
            slider?: components["schemas"]["DimensionName"];
            x?: components["schemas"]["DimensionName"];
            y?: components["schemas"]["DimensionName"];
        };
        /** @description Unique without regard to case; white space at both ends is taken off, control characters are refused. */
        PresetName: string;
        /** @description An RFC 9457 problem. */
        Problem: {
            code: components["schemas"]["ProblemCode"];
            /** @description What went wrong and what to do, for a person. */
            detail: string;
            /** @description Every fault of a rejected body. */
            errors?: {
                /** @example must not be empty */
                detail: string;
                /**
                 * @description An RFC 6901 JSON Pointer into the body; the empty string is the whole body.
                 * @example /mapping/x
                 */
                pointer: string;
            }[];
            status: number;
            /** @description The status in words. */
            title: string;
            /**
             * @description `about:blank`: `code` tells problems apart.
             * @example about:blank
             */
            type: string;
        };
        /**
         * @description A stable word for programs; the table at the top explains each.
         * @enum {string}
         */
        ProblemCode: "bad_request" | "invalid_path" | "invalid_parameter" | "invalid_json" | "cross_site" | "outside_directories" | "unreadable" | "not_found" | "method_not_allowed" | "name_taken" | "too_many_presets" | "too_many_jobs" | "invalid_state" | "comfyui_not_configured" | "precondition_failed" | "body_too_large" | "uri_too_long" | "unsupported_media_type" | "invalid_workflow" | "not_honoured" | "range_not_satisfiable" | "foreign_host" | "invalid_body" | "damaged_file" | "not_an_image" | "picture_too_large" | "upgrade_required" | "too_many_requests" | "headers_too_large" | "internal_error" | "bad_gateway" | "unavailable" | "file_incomplete" | "overloaded" | "cache_full" | "gateway_timeout" | "comfyui_unreachable" | "comfyui_error";
        Prompt: {
            /**
             * @description Names the prompt in file names and in the grid; unique in its preset. White space at both ends is
             *     taken off, control characters are refused.
             */
            name: string;
            text: string;
        };
        SampleJob: {
            clip?: string;
            completed_items: number;
            created_at: components["schemas"]["Time"];
            /** @description Why the job is `failed`. */
            error_message?: string;
            existing: components["schemas"]["ExistingImages"];
            failed_item_details: components["schemas"]["ItemDetails"];
            failed_item_details_left_out?: components["schemas"]["GroupsLeftOut"];
            failed_items: number;
            id: string;
            /** @description The item in work included. */
            pending_items: number;
            progress?: components["schemas"]["JobProgress"];
            /** @description `null` once the preset is deleted. */
            sample_preset_id: string | null;
            sample_preset_name: string;
            shift?: number;
            skipped_item_details: components["schemas"]["ItemDetails"];
            skipped_item_details_left_out?: components["schemas"]["GroupsLeftOut"];
            skipped_items: number;
            status: components["schemas"]["SampleJobStatus"];
            /** @description It runs, and will be paused once the image in work is saved. */
            stopping: boolean;
            /** @description The sum of the four below. */
            total_items: number;
            training_run_name: string;
            updated_at: components["schemas"]["Time"];
            vae?: string;
            waiting?: components["schemas"]["JobWaiting"];
            workflow_name: string;
        };
        SampleJobPreview: {
            checkpoints: number;
            /** @description What the launch would be refused for, a sentence each. */
            errors: string[];
            /** @description A guess from past jobs with this template, without images of unmatched checkpoints; absent without one. */
            estimated_seconds?: number;
            /** @description Images there, made otherwise. */
            existing_other: number;
            /** @description Images there */
            existing_same: number;
            images_per_checkpoint: number;
            /** @description Images that would be rendered, those of unmatched checkpoints included. */
            to_render: number;
            total_items: number;
            /** @description Checkpoints that ComfyUI cannot see; their images would be skipped. `null` while ComfyUI cannot be asked. */
            unmatched: {
                filename: string;
                reason: string;
                /** @description Its images that would be rendered, could ComfyUI see it. */
                to_render: number;
            }[] | null;
            /** @description What a person should know before the launch, a sentence each. */
            warnings: string[];
        };
        /**
         * @description `completed`: every item has ended, perhaps with failures, which are counted and named. `failed`: nothing
         *     more can run, `error_message` says why.
         * @enum {string}
         */
        SampleJobStatus: "pending" | "running" | "paused" | "completed" | "failed";
        /** @description What is rendered for a checkpoint; every combination of the lists is one image. */
        SamplePreset: {
            cfgs: number[];
            created_at: components["schemas"]["Time"];
            /** @description Pixels. */
            height: number;
            id: string;
            /** @description The product of the lengths of the lists. */
            images_per_checkpoint: number;
            name: components["schemas"]["PresetName"];
            negative_prompt: string;
            prompts: components["schemas"]["Prompt"][];
            samplers: components["schemas"]["ParameterName"][];
            schedulers: components["schemas"]["ParameterName"][];
            seeds: components["schemas"]["Seed"][];
            steps: number[];
            updated_at: components["schemas"]["Time"];
            /** @description Pixels. */
            width: number;
        };
        /**
         * @description The lists hold no value twice and make at most 100,000 images. The longest output file name,
         *     `prompt_name=…&steps=…&cfg=…&sampler_name=…&scheduler=…&seed=….png` percent-encoded, may have 255 bytes.
         */
        SamplePresetInput: {
            cfgs: number[];
            /** @description Ignored. */
            created_at?: string;
            height: number;
            /** @description Ignored. */
            id?: string;
            /** @description Ignored. */
            images_per_checkpoint?: number;
            name: components["schemas"]["PresetName"];
            /** @default  */
            negative_prompt: string;
            prompts: components["schemas"]["Prompt"][];
            samplers: components["schemas"]["ParameterName"][];
            schedulers: components["schemas"]["ParameterName"][];
            seeds: (components["schemas"]["Seed"] | string)[];
            steps: number[];
            /** @description Ignored. */
            updated_at?: string;
            width: number;
        };
        Scan: {
            /** @description Sorted by name. */
            dimensions: components["schemas"]["Dimension"][];
            images: components["schemas"]["Image"][];
            /** @description Files and directories that could not be used, at most 1,000 of them. */
            skipped: components["schemas"]["Skipped"][];
            /** @description How many were skipped in all. */
            skipped_count: number;
        };
        /** @description Exact, up to 2^64−1. A client whose JSON numbers are doubles must read it from the text. */
        Seed: number;
        Settings: {
            /** @description The configuration names a ComfyUI, so images can be generated. */
            comfyui_enabled: boolean;
            /** @description That ComfyUI is the demonstration's, which paints pictures of its own and runs no model. */
            comfyui_simulated: boolean;
            /** @description The configuration file in use; empty in demo mode. */
            config_path: string;
            /** @description Generated demonstration data is shown because no configuration was given. */
            demo: boolean;
            /** @description How many files and directories the `exclude` patterns of the configuration kept out. */
            excluded_count: number;
            /** @description What the search for checkpoints could not read or refused to follow; at most 1,000 entries. */
            skipped: components["schemas"]["Skipped"][];
            version: string;
            /** @description What is wrong with the configuration although the service runs, a sentence each. */
            warnings: string[];
        };
        Skipped: {
            /** @description For display only; bytes that are not UTF-8 are shown as U+FFFD. */
            path: string;
            reason: string;
        };
        /**
         * Format: date-time
         * @description RFC 3339 in UTC.
         */
        Time: string;
        TrainingRun: {
            checkpoint_count: number;
            /** @description In training order, the final one last. */
            checkpoints: components["schemas"]["Checkpoint"][];
            /** @description At least one checkpoint has a sample directory. */
            has_samples: boolean;
            /**
             * @description Opaque, URL-safe and stable: the same run has the same id after restarts and however many other
             *     runs come and go.
             */
            id: string;
            /**
             * @description The directory below the checkpoint directory, and the files' common base name.
             * @example qwen/psai4rt-v0.3.0-no-reg
             */
            name: string;
            /** @description What a person should know about this run, a sentence each. */
            warnings: string[];
        };
        Workflow: {
            /** @description Sentences for the user about what keeps it from being used, and how to mend it. */
            errors: string[];
            /** @description The file's name, with `.json`. */
            name: string;
            /** @description What a job can set: a value given for it reaches the saved image. Empty while the template is invalid. */
            parameters: components["schemas"]["WorkflowParameter"][];
            /** @description For roles that no node carries, the nodes that could, inferred from classes and links. */
            proposed_roles: components["schemas"]["WorkflowRoles"];
            /** @description Which nodes carry which roles, by `_meta.cs_role` or a title that ends in `cs:<role>`. */
            roles: components["schemas"]["WorkflowRoles"];
            /**
             * @description Whether jobs can use it.
             * @enum {string}
             */
            validation_state: "valid" | "invalid";
            /** @description Sentences for the user about what works, but hardly as it is meant. */
            warnings: string[];
        };
        WorkflowDetails: {
            /** @description Sentences for the user about what keeps it from being used, and how to mend it. */
            errors: string[];
            /** @description The file's name, with `.json`. */
            name: string;
            /** @description What a job can set: a value given for it reaches the saved image. Empty while the template is invalid. */
            parameters: components["schemas"]["WorkflowParameter"][];
            /** @description For roles that no node carries, the nodes that could, inferred from classes and links. */
            proposed_roles: components["schemas"]["WorkflowRoles"];
            /** @description Which nodes carry which roles, by `_meta.cs_role` or a title that ends in `cs:<role>`. */
            roles: components["schemas"]["WorkflowRoles"];
            /**
             * @description With `tagged=1`: the file's text with the proposed roles put in as `_meta.cs_role`, every other byte as
             *     it was, ready to be saved over the file. Nothing is written by this call.
             */
            tagged_workflow?: string;
            /**
             * @description Whether jobs can use it.
             * @enum {string}
             */
            validation_state: "valid" | "invalid";
            /** @description Sentences for the user about what works, but hardly as it is meant. */
            warnings: string[];
            /**
             * @description The JSON of the file as it is written, numbers untouched: a seed may have 64 bits. Absent if the file is
             *     no JSON or cannot be read.
             */
            workflow?: unknown;
        };
        /** @enum {string} */
        WorkflowParameter: "checkpoint" | "positive_prompt" | "negative_prompt" | "seed" | "steps" | "cfg" | "sampler_name" | "scheduler" | "width" | "height" | "vae" | "clip" | "shift";
        /** @description Ids of nodes, which are any strings, by role. */
        WorkflowRoles: {
            clip_loader?: components["schemas"]["NodeIds"];
            latent_image?: components["schemas"]["NodeIds"];
            lora_loader?: components["schemas"]["NodeIds"];
            negative_prompt?: components["schemas"]["NodeIds"];
            positive_prompt?: components["schemas"]["NodeIds"];
            sampler?: components["schemas"]["NodeIds"];
            save_image?: components["schemas"]["NodeIds"];
            shift?: components["schemas"]["NodeIds"];
            unet_loader?: components["schemas"]["NodeIds"];
            vae_loader?: components["schemas"]["NodeIds"];
        };
    };
    responses: {
        /** @description The program behind the web server is not running. */
        BadGateway: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is over 1 MiB. */
        BodyTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description ComfyUI is needed and cannot be reached (`comfyui_unreachable`), or fails on the question itself
         *     (`comfyui_error`); the sentence says what to do.
         */
        ComfyuiAway: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request comes from another site's page. */
        CrossSite: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The file on disk is not what its name says. */
        DamagedFile: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The file is still being written, or the service cannot answer now. */
        FileIncomplete: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The `Host` is not one of this service's. */
        ForeignHost: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The program behind the web server did not answer in time. */
        GatewayTimeout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is JSON but not acceptable; `errors` names every fault. */
        InvalidBody: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not JSON, or the request cannot be understood. */
        InvalidJson: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The job's state does not allow this (`invalid_state`), there are too many jobs (`too_many_jobs`), or no
         *     ComfyUI is configured (`comfyui_not_configured`).
         */
        JobConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Another preset has this name (`name_taken`), or there are too many (`too_many_presets`). */
        NameTaken: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The configuration names no ComfyUI. */
        NoComfyui: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The image is damaged (`damaged_file`) or too large (`picture_too_large`). */
        NoPreview: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The content of the file is no PNG, JPEG or WebP image, whatever its name says. */
        NotAnImage: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No such resource. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description What the client has is still current; no body. */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /**
         * @description Not now: the file is still being written (`file_incomplete`), too much is asked for at once
         *     (`overloaded`), or there is no room for background work (`cache_full`).
         */
        PreviewLater: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description Any other error: 400, 403, 404, 405 (with `Allow`), 412, 414, 416, 421, 426, 429 (with `Retry-After`),
         *     431, 500, 502, 503 (with `Retry-After`) or 504, as the table at the top says.
         */
        Problem: {
            headers: {
                Allow: components["headers"]["Allow"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The database cannot be used now. */
        Unavailable: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not `application/json`. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description An `ETag` received earlier; the answer is 304 if it still holds. */
        IfNoneMatch: string;
        /**
         * @description The image's `relative_path`: each segment percent-encoded, the segments joined by `/` (the slashes
         *     stay as they are).
         * @example psai4rt-v0.3.0-no-reg-step00004500.safetensors/index%3D0%26prompt_name%3Dforest_portals%26seed%3D420%26cfg%3D1%26_00001_.png
         */
        ImagePath: string;
        /** @description `1` reads or asks anew and trusts no cache. */
        Refresh: "0" | "1";
        /**
         * @description The sample job's id.
         * @example 9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
         */
        SampleJobId: string;
        /**
         * @description The training run's id.
         * @example b3f1c2d4e5a60718
         */
        TrainingRunId: string;
    };
    requestBodies: {
        Preset: {
            content: {
                "application/json": components["schemas"]["PresetInput"];
            };
        };
        SampleJob: {
            content: {
                "application/json": components["schemas"]["NewSampleJob"];
            };
        };
        SamplePreset: {
            content: {
                "application/json": components["schemas"]["SamplePresetInput"];
            };
        };
    };
    headers: {
        /** @description Ranges are served. */
        AcceptRanges: "bytes";
        /** @description The methods that this path answers. */
        Allow: string;
        /** @description Names this state of the resource, for `If-None-Match`. */
        ETag: string;
        /** @description The file at this URL never changes. */
        Immutable: "max-age=31536000, immutable";
        /** @description `no-cache`: may be kept, must be revalidated before each use. */
        NoCache: "no-cache";
        /** @description `no-store`: always as of now. */
        NoStore: "no-store";
        /** @description Seconds after which another try makes sense. */
        RetryAfter: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getCheckpointMetadata: {
        parameters: {
            query?: {
                /**
                 * @description The id of the training run. Only needed to tell apart equal file names in different directories;
                 *     without it the first one found is taken.
                 */
                training_run?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The checkpoint's `filename` as the list of training runs gives it, percent-encoded.
                 * @example psai4rt-v0.3.0-no-reg-step00004500.safetensors
                 */
                filename: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoCache"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckpointMetadata"];
                };
            };
            422: components["responses"]["DamagedFile"];
            503: components["responses"]["FileIncomplete"];
            default: components["responses"]["Problem"];
        };
    };
    listComfyuiModels: {
        parameters: {
            query: {
                /** @description `1` reads or asks anew and trusts no cache. */
                refresh?: components["parameters"]["Refresh"];
                /** @description What to list. */
                type: "vae" | "clip" | "unet" | "checkpoint" | "lora" | "sampler" | "scheduler";
                /**
                 * @description The name of a template, with `.json`: then the list is that of the node which takes such a value there
                 *     (a `CLIPLoaderGGUF` has another one than a `CLIPLoader`). `unet`, `checkpoint` and `lora` all mean the node
                 *     that loads the checkpoints. `404` if there is none of that name, `422` with `invalid_workflow` if it cannot
                 *     be used, with `not_honoured` if it has no place for such a value.
                 */
                workflow?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The names. An empty list means that ComfyUI has none. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComfyuiModels"];
                };
            };
            409: components["responses"]["NoComfyui"];
            503: components["responses"]["ComfyuiAway"];
            default: components["responses"]["Problem"];
        };
    };
    getComfyuiStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state, with the reason if it is bad. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComfyuiStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getImage: {
        parameters: {
            query?: {
                /** @description The image's `version`; ignored by the service, it makes the URL change with the file. */
                v?: string;
            };
            header?: {
                /** @description An `ETag` received earlier; the answer is 304 if it still holds. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description A byte range, as RFC 9110 has it. */
                Range?: string;
            };
            path: {
                /**
                 * @description The image's `relative_path`: each segment percent-encoded, the segments joined by `/` (the slashes
                 *     stay as they are).
                 * @example psai4rt-v0.3.0-no-reg-step00004500.safetensors/index%3D0%26prompt_name%3Dforest_portals%26seed%3D420%26cfg%3D1%26_00001_.png
                 */
                path: components["parameters"]["ImagePath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file. */
            200: {
                headers: {
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    "Cache-Control": components["headers"]["Immutable"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": components["schemas"]["Bytes"];
                    "image/png": components["schemas"]["Bytes"];
                    "image/webp": components["schemas"]["Bytes"];
                };
            };
            /** @description The requested range of the file. */
            206: {
                headers: {
                    "Cache-Control": components["headers"]["Immutable"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": components["schemas"]["Bytes"];
                    "image/png": components["schemas"]["Bytes"];
                    "image/webp": components["schemas"]["Bytes"];
                };
            };
            304: components["responses"]["NotModified"];
            default: components["responses"]["Problem"];
        };
    };
    getImageMetadata: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The image's `relative_path`: each segment percent-encoded, the segments joined by `/` (the slashes
                 *     stay as they are).
                 * @example psai4rt-v0.3.0-no-reg-step00004500.safetensors/index%3D0%26prompt_name%3Dforest_portals%26seed%3D420%26cfg%3D1%26_00001_.png
                 */
                path: components["parameters"]["ImagePath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text chunks. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoCache"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageMetadata"];
                };
            };
            422: components["responses"]["DamagedFile"];
            503: components["responses"]["FileIncomplete"];
            default: components["responses"]["Problem"];
        };
    };
    listPresets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The presets. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preset"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createPreset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Preset"];
        responses: {
            /** @description The new preset. */
            201: {
                headers: {
                    /**
                     * @description The new preset's path.
                     * @example /api/presets/0b6e2f3c-8d0a-4c59-9d63-0f6b0c9d8b1e
                     */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preset"];
                };
            };
            400: components["responses"]["InvalidJson"];
            403: components["responses"]["CrossSite"];
            409: components["responses"]["NameTaken"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBody"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    updatePreset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The preset's id.
                 * @example 0b6e2f3c-8d0a-4c59-9d63-0f6b0c9d8b1e
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Preset"];
        responses: {
            /** @description The preset as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preset"];
                };
            };
            400: components["responses"]["InvalidJson"];
            403: components["responses"]["CrossSite"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["NameTaken"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBody"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    deletePreset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The preset's id.
                 * @example 0b6e2f3c-8d0a-4c59-9d63-0f6b0c9d8b1e
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["CrossSite"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getPreview: {
        parameters: {
            query?: {
                /**
                 * @description `background`: nobody looks at the image yet. One of these is made at a time (a second one is
                 *     answered 503 `overloaded`), and none displaces a preview that was used within the last day (503
                 *     `cache_full`).
                 */
                priority?: "background";
                /**
                 * @description The image's `version`.
                 * @example 17a3b4c5d6e7f801-2b333b
                 */
                v?: string;
            };
            header?: {
                /** @description An `ETag` received earlier; the answer is 304 if it still holds. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The image's `relative_path`: each segment percent-encoded, the segments joined by `/` (the slashes
                 *     stay as they are).
                 * @example psai4rt-v0.3.0-no-reg-step00004500.safetensors/index%3D0%26prompt_name%3Dforest_portals%26seed%3D420%26cfg%3D1%26_00001_.png
                 */
                path: components["parameters"]["ImagePath"];
                /** @description Pixels. */
                width: 256 | 512 | 1024;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The preview. */
            200: {
                headers: {
                    /** @description As above. */
                    "Cache-Control"?: "max-age=31536000, immutable" | "no-cache";
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": components["schemas"]["Bytes"];
                    "image/webp": components["schemas"]["Bytes"];
                };
            };
            304: components["responses"]["NotModified"];
            415: components["responses"]["NotAnImage"];
            422: components["responses"]["NoPreview"];
            503: components["responses"]["PreviewLater"];
            default: components["responses"]["Problem"];
        };
    };
    listSampleJobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sample jobs. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleJob"][];
                };
            };
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    createSampleJob: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["SampleJob"];
        responses: {
            /** @description The new job. */
            201: {
                headers: {
                    /**
                     * @description The new job's path.
                     * @example /api/sample-jobs/9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
                     */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleJob"];
                };
            };
            400: components["responses"]["InvalidJson"];
            403: components["responses"]["CrossSite"];
            409: components["responses"]["JobConflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBody"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getSampleJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample job's id.
                 * @example 9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
                 */
                id: components["parameters"]["SampleJobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        job: components["schemas"]["SampleJob"];
                        progress: components["schemas"]["JobProgress"];
                    };
                };
            };
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    deleteSampleJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample job's id.
                 * @example 9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
                 */
                id: components["parameters"]["SampleJobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["CrossSite"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    resumeSampleJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample job's id.
                 * @example 9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
                 */
                id: components["parameters"]["SampleJobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleJob"];
                };
            };
            403: components["responses"]["CrossSite"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["JobConflict"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    retrySampleJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample job's id.
                 * @example 9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
                 */
                id: components["parameters"]["SampleJobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleJob"];
                };
            };
            403: components["responses"]["CrossSite"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["JobConflict"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    stopSampleJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample job's id.
                 * @example 9d1c7c7e-0f3a-4a52-9a5c-6f8e2d1b4c3a
                 */
                id: components["parameters"]["SampleJobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleJob"];
                };
            };
            403: components["responses"]["CrossSite"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["JobConflict"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    previewSampleJob: {
        parameters: {
            query?: {
                /** @description `1` reads or asks anew and trusts no cache. */
                refresh?: components["parameters"]["Refresh"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["SampleJob"];
        responses: {
            /** @description The preview. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleJobPreview"];
                };
            };
            400: components["responses"]["InvalidJson"];
            403: components["responses"]["CrossSite"];
            409: components["responses"]["JobConflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBody"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listSamplePresets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sample presets. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplePreset"][];
                };
            };
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    createSamplePreset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["SamplePreset"];
        responses: {
            /** @description The new sample preset. */
            201: {
                headers: {
                    /**
                     * @description The new sample preset's path.
                     * @example /api/sample-presets/4f0b6e2e-5a8d-4c61-8a0d-2d9b0c7e1f36
                     */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplePreset"];
                };
            };
            400: components["responses"]["InvalidJson"];
            403: components["responses"]["CrossSite"];
            409: components["responses"]["NameTaken"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBody"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    updateSamplePreset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample preset's id.
                 * @example 4f0b6e2e-5a8d-4c61-8a0d-2d9b0c7e1f36
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["SamplePreset"];
        responses: {
            /** @description The sample preset as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplePreset"];
                };
            };
            400: components["responses"]["InvalidJson"];
            403: components["responses"]["CrossSite"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["NameTaken"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBody"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    deleteSamplePreset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sample preset's id.
                 * @example 4f0b6e2e-5a8d-4c61-8a0d-2d9b0c7e1f36
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["CrossSite"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listTrainingRuns: {
        parameters: {
            query?: {
                /**
                 * @description `true`: only runs of which at least one checkpoint has a sample directory; `false`: only runs
                 *     without any. Absent: all runs.
                 */
                has_samples?: "true" | "false";
                /** @description `1` reads or asks anew and trusts no cache. */
                refresh?: components["parameters"]["Refresh"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The runs. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoCache"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingRun"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    scanTrainingRun: {
        parameters: {
            query?: {
                /** @description `1` reads or asks anew and trusts no cache. */
                refresh?: components["parameters"]["Refresh"];
            };
            header?: {
                /** @description An `ETag` received earlier; the answer is 304 if it still holds. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The training run's id.
                 * @example b3f1c2d4e5a60718
                 */
                id: components["parameters"]["TrainingRunId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scan. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoCache"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
            304: components["responses"]["NotModified"];
            default: components["responses"]["Problem"];
        };
    };
    listWorkflows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The templates. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getWorkflow: {
        parameters: {
            query?: {
                /** @description `1` adds `tagged_workflow`. */
                tagged?: "0" | "1";
            };
            header?: never;
            path: {
                /**
                 * @description The file's name, with `.json`.
                 * @example qwen-image.json
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The template, and the JSON of its file. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            404: components["responses"]["NotFound"];
            default: components["responses"]["Problem"];
        };
    };
    follow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection is a WebSocket from here on. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service can work, perhaps with limits. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            421: components["responses"]["ForeignHost"];
            502: components["responses"]["BadGateway"];
            /** @description The database cannot be used. The body has the same form as that of 200. */
            503: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            504: components["responses"]["GatewayTimeout"];
        };
    };
}
