#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/*
 * Every bound on what comes from outside, in one list. Sizes are in bytes.
 * What exceeds a bound is refused with a message that names it; nothing is cut silently.
 */

#define LIMIT_FILE_NAME	    255	      /* a file name, as Linux has it (NAME_MAX) */
#define LIMIT_PATH	    4096      /* a path, terminator included (PATH_MAX) */
#define LIMIT_CONFIG	    (1 << 16) /* config.yaml */
#define LIMIT_CONFIG_LIST   100	      /* entries of one of its lists */
#define LIMIT_CONFIG_FAULTS 100	      /* faults of it told of at once */
#define LIMIT_BODY	    (1 << 20) /* a request's body: 1 MiB (wire contract) */
#define LIMIT_TARGET	    (1 << 14) /* a request's path and query, percent-encoded */
#define LIMIT_SEGMENTS	    64	      /* segments of a request's path */
#define LIMIT_QUERY	    32	      /* parameters of a request's query */
#define LIMIT_REPLY	    (1 << 30) /* a reply's body */
#define LIMIT_JSON_DEPTH    64	      /* nesting of a JSON text from outside */
#define LIMIT_JSON_VALUES   250000    /* values in one JSON text; each takes up to 1 KiB to parse */
#define LIMIT_LOG_LINE	    4096      /* a log line, newline included (operators' interface) */

#define LIMIT_REQUEST_MEMORY  ((size_t)2 << 30) /* an arena that serves one request */
#define LIMIT_DIRECTORY_DEPTH 32		/* nesting of directories below a checkpoint dir */
#define LIMIT_SKIPPED	      1000		/* entries of a `skipped` list (wire contract) */
#define LIMIT_DIMENSIONS      64		/* dimensions of one image name */
#define LIMIT_SCAN_FILES      1000000 /* names looked at in the sample directories of one run */

#define LIMIT_SAFETENSORS_HEADER ((size_t)100 << 20) /* the format's own bound */
#define LIMIT_METADATA		 ((size_t)64 << 20)  /* text answered for one file */
#define LIMIT_PNG_TEXT		 ((size_t)32 << 20)  /* one text chunk, inflated */
#define LIMIT_PNG_CHUNKS	 65536		     /* chunks looked at in one file */

#define LIMIT_PICTURE_FILE    ((size_t)256 << 20) /* an image file that a preview is made of */
#define LIMIT_PICTURE_SIDE    32768		  /* pixels of a side */
#define LIMIT_PICTURE_PIXELS  ((size_t)64 << 20)  /* 8192 x 8192 */
#define LIMIT_PICTURE_MEMORY  ((size_t)384 << 20) /* decoded, with what the decoder needs for it */
#define LIMIT_PICTURE_CHUNK   ((size_t)64 << 20)  /* a PNG chunk that holds no pixels */
#define LIMIT_PICTURE_PROFILE ((size_t)64 << 10)  /* a colour profile to pass on */
#define LIMIT_PICTURE_SCANS   100		  /* scans of a progressive JPEG */
#define LIMIT_PREVIEW_CACHE   ((uint64_t)2 << 30) /* previews on disk, unless configured */

#define LIMIT_WATCH_MEMORY ((size_t)1 << 30)   /* an arena of the watch over directories */
#define LIMIT_WATCH_LINE   ((size_t)256 << 10) /* one line that tells of a change */
#define LIMIT_FEED_MESSAGE ((size_t)4096)      /* a message of a feed's browser, its end included */

#define LIMIT_COMFYUI_FRAME	   ((size_t)64 << 20)  /* one message of ComfyUI's WebSocket */
#define LIMIT_COMFYUI_FRAME_MEMORY ((size_t)512 << 20) /* that it takes to parse one */
#define LIMIT_COMFYUI_ANSWER	   ((size_t)1 << 20)   /* an answer of ComfyUI that says little */
#define LIMIT_COMFYUI_CLASS	   ((size_t)32 << 20)  /* what it tells of one node class */
#define LIMIT_COMFYUI_QUEUE	   ((size_t)256 << 20) /* its queue, with everybody's prompts */
#define LIMIT_COMFYUI_HISTORY	   ((size_t)64 << 20)  /* of one prompt */
#define LIMIT_COMFYUI_PROMPT	   ((size_t)8 << 20)   /* a prompt as it is sent */
#define LIMIT_TEMPLATE		   ((size_t)4 << 20)   /* a workflow template's file */
#define LIMIT_TEMPLATE_DEPTH	   128		       /* nesting of its JSON */
#define LIMIT_TEMPLATE_FAULTS	   100		       /* sentences about one, of each kind */
#define LIMIT_CHECK_CLASSES	   100		       /* node classes that one launch asks for */
#define LIMIT_CHECK_MS		   5000		       /* and for how long, to begin with another */
#define LIMIT_CHECK_FAULTS	   20		       /* values that it warns of */
#define LIMIT_TEMPLATES		   500 /* templates of one directory that are read */

#define LIMIT_PRESET_NAME 200  /* characters of a preset's name */
#define LIMIT_PRESETS	  1000 /* stored presets */

#define LIMIT_SAMPLE_LIST    1000  /* entries of one list of a sample preset */
#define LIMIT_PROMPT_TEXT    10000 /* characters of a prompt's text */
#define LIMIT_PARAMETER_NAME 200   /* characters of a prompt's, sampler's or scheduler's name */
#define LIMIT_MODEL_NAME     1024  /* bytes of a model's name as ComfyUI lists it */
#define LIMIT_SAMPLER_STEPS  10000 /* as ComfyUI's samplers have it */
#define LIMIT_CFG	     100   /* as ComfyUI's samplers have it */
#define LIMIT_SHIFT	     100   /* as ComfyUI's nodes have it */
#define LIMIT_RENDER_SIDE    16384 /* pixels of a side, as ComfyUI's nodes have it */
#define LIMIT_WORKER_ITEM    ((size_t)64 << 20) /* an arena of an item in work */
#define LIMIT_PROMPT	     ((size_t)16 << 20) /* what is submitted to ComfyUI for one image */

#define LIMIT_JOBS	      1000   /* stored sample jobs */
#define LIMIT_JOB_ITEMS	      100000 /* images of one sample job */
#define LIMIT_JOB_CHECKPOINTS 10000  /* checkpoints of one sample job */
#define LIMIT_JOB_FAULTS      100    /* groups of failed, or skipped, items that are told of */
#define LIMIT_JOB_MESSAGE     2000   /* why an item failed */
#define LIMIT_JOB_DETAILS     16384  /* what ComfyUI said of it, such as a traceback */
#define LIMIT_JOB_TRACEBACKS  10     /* messages of one job whose details are told */

#endif
