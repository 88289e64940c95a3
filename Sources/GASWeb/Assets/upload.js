// Checks a file before it is sent, takes it by drag and drop, and shows how far the upload has come. Without this
// script the same form uploads in the browser's own way.
"use strict";

(() => {
    const form = document.getElementById("upload");
    const input = document.getElementById("file");
    const zone = document.getElementById("dropzone");
    const message = document.getElementById("file-message");
    const upgrade = document.getElementById("upgrade");
    const progress = document.getElementById("upload-progress");
    const bar = document.getElementById("upload-bar");
    const barText = document.getElementById("upload-text");
    const button = document.getElementById("upload-button");
    const cancel = document.getElementById("upload-cancel");
    const limit = Number(form.dataset.limit);

    function size(bytes) {
        if (bytes < 1024) return `${bytes.toLocaleString("en")} bytes`;
        const units = ["KB", "MB", "GB"];
        let value = bytes / 1024;
        let unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit += 1;
        }
        return `${value < 100 ? Number(value.toFixed(1)) : Math.round(value)} ${units[unit]}`;
    }

    function problem(file) {
        if (!file) return "Please choose a file first.";
        if (!/\.vcf(\.gz|\.bgz)?$/i.test(file.name)) {
            return `${file.name} does not end in .vcf, .vcf.gz or .vcf.bgz. Please choose a VCF file.`;
        }
        if (file.size === 0) return `${file.name} is empty. Please choose another file.`;
        if (file.size > limit) {
            const own = size(file.size) === form.dataset.limitText ? `${file.size.toLocaleString("en")} bytes` : size(file.size);
            const premium = upgrade ? `; ${form.dataset.premium} takes up to ${form.dataset.premiumLimitText}` : "";
            return `${file.name} has ${own}; your ${form.dataset.plan} plan takes up to ${form.dataset.limitText}${premium}.`;
        }
        return "";
    }

    // Whether the file is too large for this plan, and not for Premium.
    function needsUpgrade(file) {
        return file?.size > limit && file.size <= Number(form.dataset.premiumLimit);
    }

    function say(text, isProblem) {
        message.textContent = text;
        message.classList.toggle("is-problem", isProblem);
        input.classList.toggle("is-invalid", isProblem);
        if (isProblem) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
    }

    function check() {
        const file = input.files[0];
        const text = problem(file);
        say(text || `${file.name}, ${size(file.size)}`, text !== "");
        if (upgrade) upgrade.hidden = !needsUpgrade(file);
        return text === "";
    }

    function show(isUploading) {
        progress.hidden = !isUploading;
        cancel.hidden = !isUploading;
        button.disabled = isUploading;
        input.toggleAttribute("inert", isUploading);
    }

    function advance(percent) {
        bar.value = percent;
        barText.textContent = percent < 100 ? `Uploading, ${percent} %` : "Uploaded, starting the annotation";
    }

    function refusal(request) {
        try {
            return JSON.parse(request.responseText).message;
        } catch {
            return "The upload was refused. Please reload the page and try again.";
        }
    }

    function send() {
        const request = new XMLHttpRequest();
        request.open("POST", form.action);
        request.setRequestHeader("Accept", "application/json");
        request.upload.onprogress = (event) => {
            if (event.lengthComputable) advance(Math.floor((event.loaded / event.total) * 100));
        };
        request.onload = () => {
            if (request.status === 200) return location.assign(request.responseURL);
            show(false);
            say(refusal(request), true);
        };
        request.onerror = () => {
            show(false);
            say("The connection was lost before the file was complete. Please try again.", true);
        };
        request.onabort = () => {
            show(false);
            say("The upload was stopped.", false);
        };
        cancel.onclick = () => request.abort();
        advance(0);
        show(true);
        request.send(new FormData(form));
    }

    input.addEventListener("change", check);

    form.addEventListener("submit", (event) => {
        if (!check()) {
            event.preventDefault();
            input.focus();
            return;
        }
        // A store elsewhere answers only to the browser itself.
        if (new URL(form.action).origin !== location.origin) return;
        event.preventDefault();
        send();
    });

    for (const name of ["dragenter", "dragover"]) {
        zone.addEventListener(name, (event) => {
            event.preventDefault();
            zone.classList.add("is-over");
        });
    }
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
        event.preventDefault();
        zone.classList.remove("is-over");
        if (event.dataTransfer.files.length === 0) return;
        input.files = event.dataTransfer.files;
        check();
    });

    // A form that comes back from the browser's history belongs to a job that exists already.
    window.addEventListener("pageshow", (event) => {
        if (event.persisted) location.reload();
    });
})();
